"""Notebooks as git keeps them: without outputs, whatever JupyterLab saved."""

import sys

# nbformat brings jsonschema, which beside JupyterLab builds a grammar of addresses for more than a
# second; this room validates no notebook, and git waits for it.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
