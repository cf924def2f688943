"""What a build sets in its own process and in those of chapters, before anything is loaded.

Light to import: names of environment variables, and what some of them are set to.
"""

from collections.abc import Mapping

BUILD = "COOPREPORT_BUILD"
"""Set in a build: what would be a warning by hand is then refused."""
EDITION = "COOPREPORT_EDITION"
"""The language of the edition in which a chapter writes its numbers, French by default."""
COLLECT_EVERY = 50_000
"""Objects between two searches for garbage: a command and a chapter keep most of what they make,
libraries first, and Python's own 700 cost them a tenth of their time."""
SAME_NUMBERS: Mapping[str, str] = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
}
"""What makes the last bits of a number the same on every machine, before NumPy is imported.

Linear algebra has one thread: sums do not depend on how many processors there are. NumPy does
without the instructions that only some processors have (AVX-512): with them, its logarithms,
exponentials and powers differ in their last bits. On some that have them, sorting is also four
times faster without.
"""
