"""How much of a text is read: what follows later takes time in proportion to it, and no person writes more."""

from __future__ import annotations

import re

MAX_TEXT = 100_000  # characters: forty pages
MAX_LINES = 4000
MAX_RUN = 1000  # characters without white space: encoded data, not words
_RUN = re.compile(rf"\S{{{MAX_RUN + 1},}}")


def bounded(text: str) -> tuple[str, list[str]]:
    """Cut a text that would take seconds to read, and say so.

    >>> bounded("short")
    ('short', [])
    """
    remarks = []
    if len(text) > MAX_TEXT:
        text = text[:MAX_TEXT]
        remarks.append(f"only the first {MAX_TEXT} characters were read")
    if text.count("\n") > MAX_LINES:
        text = "\n".join(text.split("\n", MAX_LINES)[:MAX_LINES])
        remarks.append(f"only the first {MAX_LINES} lines were read")
    if _RUN.search(text):
        text = _RUN.sub(lambda run: run[0][:MAX_RUN], text)
        remarks.append(f"only the first {MAX_RUN} characters of longer runs without a space were read")
    return text, remarks
