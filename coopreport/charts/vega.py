"""Vega for the page: the one script that draws charts again in a browser, where they are alive.

`vega.js.gz` beside this file is what the locked vl-convert makes, compressed; a test makes it again
and compares. After vl-convert's version changed: `python -m coopreport.charts.vega`.
"""

from __future__ import annotations

import gzip
from base64 import b64encode
from functools import cache
from pathlib import Path

PACKED = Path(__file__).parent / "vega.js.gz"
NOTICE = (
    "/*! Vega, Vega-Lite, Vega-Embed: Copyright 2013-2025, University of Washington Interactive "
    "Data Lab, BSD-3-Clause (https://github.com/vega). With their dependencies: D3 and "
    "topojson-client (ISC, Mike Bostock), fast-json-patch, json-stringify-pretty-compact, lodash "
    "(MIT). */\n"
)


def make_script() -> str:
    """Return Vega-Embed with all that it needs as one script, which gives `window.vegaEmbed`.

    It takes vl-convert some seconds.
    """
    import vl_convert

    return NOTICE + str(vl_convert.javascript_bundle("window.vegaEmbed=vegaEmbed;"))


@cache
def vega_script() -> str:
    """Return the text of `vega.js.gz`."""
    return gzip.decompress(PACKED.read_bytes()).decode()


@cache
def packed_vega() -> str:
    """Return the bytes of `vega.js.gz` in Base64, as a page holds them."""
    return b64encode(PACKED.read_bytes()).decode("ascii")


if __name__ == "__main__":
    PACKED.write_bytes(gzip.compress(make_script().encode(), 9, mtime=0))
