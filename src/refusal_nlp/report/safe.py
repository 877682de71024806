"""Text of mail made safe for where it is shown: terminals, spreadsheets."""

from __future__ import annotations

import re
from typing import Any

# Control characters (a terminal obeys them), the signs that turn the direction of writing (Unicode Annex 9), and what XML does not allow.
_STEERING = "\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff"
_ON_SCREEN = re.compile(f"[{_STEERING}]")
_IN_CELLS = re.compile(f"[{_STEERING}\ud800-\udfff\ufffe\uffff]")
_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
# What a spreadsheet takes for a formula (OWASP, "CSV injection"): at the start of a cell, and where a program that parts cells by other
# signs than we do would begin one.
_FORMULA = re.compile("^[=+\\-@\t\n\uff1d\uff0b\uff0d\uff20]")
_LATER_FORMULA = re.compile("(?<=[;\t\n])(?= *(?:[=+@\uff1d\uff0b\uff20]|[-\uff0d][^ \n-]))")
_LONGEST_CELL = 32_000  # Excel's limit is 32,767


def on_screen(text: object) -> str:
    r"""Return text that does not steer a terminal.

    >>> on_screen("a\x1b[2Jb")
    'a[2Jb'
    """
    return _ON_SCREEN.sub("", "" if text is None else str(text))


def in_json(text: str) -> str:
    r"""Return JSON with escapes for what would steer a terminal: the values stay as they are.

    >>> in_json('"a\x9bb"')
    '"a\\u009bb"'
    """
    return _IN_JSON.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


def in_cell(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula.

    >>> in_cell("=1+1"), in_cell("plain"), in_cell(3)
    ("'=1+1", 'plain', 3)
    """
    if not isinstance(value, str):
        return value
    text = _LATER_FORMULA.sub("'", _IN_CELLS.sub("", value)[:_LONGEST_CELL])
    return "'" + text if _FORMULA.match(text) else text
