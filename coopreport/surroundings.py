"""What a build sets in its own process and in those of chapters, before anything is loaded.

Light to import: two names of environment variables, and one setting.
"""

BUILD = "COOPREPORT_BUILD"
"""Set in a build: what would be a warning by hand is then refused."""
EDITION = "COOPREPORT_EDITION"
"""The language of the edition in which a chapter writes its numbers, French by default."""
COLLECT_EVERY = 50_000
"""Objects between two searches for garbage: a command and a chapter keep most of what they make,
libraries first, and Python's own 700 cost them a tenth of their time."""
