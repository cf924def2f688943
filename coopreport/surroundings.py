"""The environment variables by which a build tells the process of a chapter what it is for.

Light to import: the builder sets them before it loads anything that a chapter needs.
"""

BUILD = "COOPREPORT_BUILD"
"""Set in a build: what would be a warning by hand is then refused."""
EDITION = "COOPREPORT_EDITION"
"""The language of the edition in which a chapter writes its numbers, French by default."""
