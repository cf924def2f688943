"""`python -m coopreport` is the command `coopreport`."""

import sys

from coopreport.cli import main

sys.exit(main())
