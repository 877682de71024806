"""Messages of an mbox file, found in the file's bytes without loading it."""

from __future__ import annotations

import mmap
import pathlib
import re
from collections.abc import Iterator

_HEADER_LINE = re.compile(rb"(?:>?From |[!-9;-~]+[ \t]*:)")
_ESCAPED = re.compile(rb"^>(>*From )", re.M)


def raw_messages(path: pathlib.Path) -> Iterator[bytes]:
    """Yield each message without its ``From `` line.

    A line that begins with ``From `` starts a message only where it follows an empty line (or the start of the file) and header lines
    follow it: such lines occur inside bodies too.

    Parameters
    ----------
    path : pathlib.Path
        An mbox file; may be empty.

    Yields
    ------
    bytes
        Raw message, ``>From `` unescaped.

    """
    if path.stat().st_size == 0:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        start = 3 if view[:3] == b"\xef\xbb\xbf" else 0
        if not _starts_message(view, start):
            return
        while start < len(view):
            following = _next(view, start + 5)
            raw = view[start:following]
            yield _ESCAPED.sub(rb"\1", raw.partition(b"\n")[2])
            start = following


def _next(view: mmap.mmap, at: int) -> int:
    """Offset of the next message's ``From `` line, or the end of the file."""
    while (found := view.find(b"\nFrom ", at)) >= 0:
        before = view[max(0, found - 2) : found]
        after_empty_line = before.endswith((b"\n", b"\n\r"))
        if after_empty_line and _starts_message(view, found + 1):
            return found + 1
        at = found + 1
    return len(view)


def _starts_message(view: mmap.mmap, at: int) -> bool:
    if view[at : at + 5] != b"From ":
        return False
    line_end = view.find(b"\n", at, at + 2000)
    return line_end >= 0 and _HEADER_LINE.match(view[line_end + 1 : line_end + 200]) is not None
