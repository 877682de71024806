"""Apple Mail's files of one message: its length, the message, a property list."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FLAGS = re.compile(rb"<key>flags</key>\s*<integer>(\d{1,18})</integer>")
_DELETED, _DRAFT = 1 << 1, 1 << 6  # bits of `flags`, as MailKit's and jwz's descriptions have them


@dataclass(frozen=True, kw_only=True, slots=True)
class EmlxMessage:
    """The message of an ``.emlx`` or ``.partial.emlx`` file."""

    raw: bytes
    deleted: bool
    draft: bool


def read(content: bytes) -> EmlxMessage:
    r"""Take an ``.emlx`` file apart; a wrong length leaves the property list at the end of the message.

    >>> read(b"10        \nSubject: a<plist><key>flags</key><integer>66</integer></plist>")
    EmlxMessage(raw=b'Subject: a', deleted=True, draft=True)
    """
    length, _, rest = content.lstrip().partition(b"\n")
    size = int(length) if length.strip().isdigit() and len(length) < 20 else len(rest)
    raw, tail = rest[:size], rest[size:]
    found = _FLAGS.search(tail)
    flags = int(found[1]) if found else 0
    return EmlxMessage(raw=raw, deleted=bool(flags & _DELETED), draft=bool(flags & _DRAFT))
