"""Messages of an mbox file, found in the file's bytes without loading it."""

from __future__ import annotations

import mmap
import pathlib
import re
from collections.abc import Iterator
from typing import NamedTuple

MAX_MESSAGE = 40_000_000  # bytes: most mail providers take 25 MB, encoded 35; of a longer message the beginning is read, which holds the text
_MAX_LINE = 1000  # bytes of a ``From `` line; RFC 5322 allows 998
_LOOK_AHEAD = 400  # bytes after it that tell whether header lines follow
_MAX_HEADER = 64_000
_WINDOW = 16_000_000  # bytes that are looked at before their pages are given back
# The end of a ``From `` line: asctime's date (RFC 4155), with a zone as Google Takeout and old Unix systems write it.
_DATED = re.compile(rb"From [^\n]{0,300}?\S{2,5},? +\S{2,5} +\d{1,2},? +\d{1,2}:\d\d(?::\d\d)?\b[^\n]{0,40}?\b\d{4}\b")
_BARE = re.compile(rb"From[ \t]*-?[ \t]*\r?\n")  # Thunderbird
_HEADER_LINE = re.compile(rb">?From |[!-9;-~]{1,100}[ \t]*:")
_USUAL_HEADER = re.compile(
    rb"(?:Return-Path|Received|Delivered-To|Envelope-To|X-[!-9;-~]+|DKIM-\w+|ARC-[!-9;-~]+|Authentication-Results|Message-ID|Date|From|To|Cc|Subject|Sender|"
    rb"Reply-To|MIME-Version|Content-[!-9;-~]+|Status|List-[!-9;-~]+|Precedence|Mailing-List|In-Reply-To|References)[ \t]*:[^\n]*\n"
    rb"(?:[ \t][^\n]*\n|[!-9;-~]+[ \t]*:|\r?\n)",
    re.I,
)
_ESCAPED = re.compile(rb"^>(>*From )", re.M)
_LENGTH = re.compile(rb"^Content-Length:[ \t]*(\d{1,12})[ \t]*\r?$", re.M | re.I)
_END_OF_HEADER = re.compile(rb"\n\r?\n")
_MOZILLA_STATUS = re.compile(rb"^X-Mozilla-Status:[ \t]*([0-9a-f]{4})\b", re.M | re.I)
_EXPUNGED = 0x0008  # Thunderbird: deleted, but the folder was not compacted since (nsMsgMessageFlags.idl)


def is_boundary(before: bytes, line: bytes, after: bytes) -> bool:
    r"""Whether a line that begins with ``From `` starts a message: such lines occur inside bodies too.

    Header lines have to follow. A line with a date, as all programs write it, may stand anywhere (some leave out the empty line before it);
    another line needs an empty line before it and two lines that look like a header's after it, the first with a usual name.

    Parameters
    ----------
    before : bytes
        The two bytes before the line or more; empty at the start of a file.
    line : bytes
        The line with its line end.
    after : bytes
        What follows, a few hundred bytes.

    Examples
    --------
    >>> is_boundary(b"\n\n", b"From ana@brot.example Mon Mar  4 10:00:00 2024\n", b"Subject: hello\n\n")
    True
    >>> is_boundary(b"\n\n", b"From now on:\n", b"Note: we close at noon.\n")
    False

    """
    if not line.startswith(b"From ") and not _BARE.match(line):
        return False
    if not _HEADER_LINE.match(after):
        return False
    if _DATED.match(line):
        return True
    after_empty_line = not before or before.endswith((b"\n\n", b"\n\r\n")) or not before.strip()
    return after_empty_line and (_BARE.match(line) is not None or _USUAL_HEADER.match(after) is not None)


def starts_mbox(head: bytes) -> bool:
    """Whether the first bytes of a file are those of an mbox."""
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    line, end, after = head.partition(b"\n")
    return is_boundary(b"", line + end, after[:_LOOK_AHEAD])


def is_expunged(raw: bytes) -> bool:
    """Whether Thunderbird has deleted a message and only not yet removed it from the file."""
    if b"ozilla-Status" not in raw[:_MAX_HEADER]:
        return False
    header = _END_OF_HEADER.split(raw[:_MAX_HEADER], 1)[0]
    status = _MOZILLA_STATUS.search(header)
    return status is not None and bool(int(status[1], 16) & _EXPUNGED)


def raw_messages(path: pathlib.Path, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
    """Yield each message without its ``From `` line, deleted ones left out.

    Reads mboxo, mboxrd, mboxcl and mboxcl2 (``Content-Length``, which is believed where a message or the file ends exactly there), any line
    ends, with or without a byte order mark and a final line end.

    Parameters
    ----------
    path : pathlib.Path
        An mbox file; may be empty.
    start, stop : int
        Only the messages whose ``From `` line begins in the half-open range of bytes ``[start, stop)``; default: all. Ranges that meet share no
        message and leave none out.

    Yields
    ------
    bytes
        Raw message, ``>From `` unescaped; at most the first `MAX_MESSAGE` bytes and one more.

    """
    for view, begin, end, escaped in _located(path, start, stop):
        raw = view[begin:end]
        yield _ESCAPED.sub(rb"\1", raw) if escaped else raw


def _located(path: pathlib.Path, start: int, stop: int | None) -> Iterator[tuple[mmap.mmap, int, int, bool]]:
    """Where the messages lie, without their ``From `` lines, half-open; and whether lines in them may be escaped."""
    if path.stat().st_size == 0:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        head = view[:4096]
        first = 3 if head.startswith(b"\xef\xbb\xbf") else 0
        while first < len(head) and head[first] in b" \t\r\n":
            first += 1
        if not _starts_message(view, first):
            return
        at = first if start <= first else _next(view, start).start
        end = len(view) if stop is None else min(stop, len(view))
        done = at
        while at < end:
            following, escaped = _end(view, at)
            begin = view.find(b"\n", at, following) + 1 or following
            end_of_message = min(following, begin + MAX_MESSAGE + 1)
            if not is_expunged(view[begin : min(end_of_message, begin + _MAX_HEADER)]):
                yield view, begin, end_of_message, escaped
            at = following
            if at - done >= _WINDOW:
                _release(view, done, at)
                done = at


class _Next(NamedTuple):
    """The offset of a message's ``From `` line or of the end of the file, and whether an escaped one may stand before it."""

    start: int
    escaped: bool


def _end(view: mmap.mmap, start: int) -> _Next:
    """What comes after the message that starts at `start`; where its length is told and leads past an unescaped ``From `` line, none is escaped."""
    found = _next(view, start + 4)
    following = found.start
    if following == len(view) or view.find(b"ontent-Length:", start, min(following, start + _MAX_HEADER)) < 0:
        return found
    header = view[start : min(following, start + _MAX_HEADER)]
    border, length = _END_OF_HEADER.search(header), _LENGTH.search(header)
    if not border or not length or length.start() > border.start():
        return found
    told = start + border.end() + int(length[1])
    if not following < told <= len(view):
        return found
    while told < len(view) and view[told] in b"\r\n":
        told += 1
    return _Next(told, False) if told == len(view) or _starts_message(view, told) else found


def _next(view: mmap.mmap, at: int) -> _Next:
    escaped = False
    while at < len(view):
        found = view.find(b"From ", at, at + _WINDOW)  # one search for both kinds of lines
        if found < 0:
            _release(view, at, at + _WINDOW)
            at += _WINDOW - 4  # the searched word may lie across the border
            continue
        before = view[found - 1 : found]
        if before == b"\n" and _starts_message(view, found):
            return _Next(found, escaped)
        escaped = escaped or before == b">"
        at = found + 1
    return _Next(len(view), escaped)


def _release(view: mmap.mmap, start: int, end: int) -> None:
    """Give the pages of what has been read back, where the system can: else a scan seems to hold the whole file."""
    if hasattr(mmap, "MADV_DONTNEED"):
        start -= start % mmap.PAGESIZE
        view.madvise(mmap.MADV_DONTNEED, start, min(end, len(view)) - start)


def _starts_message(view: mmap.mmap, at: int) -> bool:
    line_end = view.find(b"\n", at, at + _MAX_LINE)
    if line_end < 0:
        return False
    return is_boundary(view[max(0, at - 3) : at], view[at : line_end + 1], view[line_end + 1 : line_end + 1 + _LOOK_AHEAD])
