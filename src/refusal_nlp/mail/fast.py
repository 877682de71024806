"""The words of a raw message, fast: enough for the gate. Whoever needs the message itself parses it with `refusal_nlp.mail.mime`."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from refusal_nlp.mail.attachments import end_of_header, without_attachments
from refusal_nlp.mail.mime import mail_from_bytes
from refusal_nlp.types import Mail

_BULK = 2_000_000  # bytes: of a longer message the tolerant parser takes out the attachments first
_SHORT = 1000  # characters: a shorter plain text may say only that there is an HTML part
_FOLDED = re.compile(rb"\r?\n[ \t]+")
_PLAIN_ENCODINGS = {b"", b"7bit", b"8bit", b"binary"}
# Charsets in which English words are not the bytes of ASCII.
_NOT_ASCII = re.compile(rb"utf-?(?:7|16|32)|ucs|ebcdic|cp037|cp500|iso-2022", re.I)
# Headers that programs for discussion lists add, and senders of bulk mail do not.
_OF_LISTS = (b"\nlist-post:", b"\nx-mailman-version:", b"\nx-beenthere:", b"\nmailing-list:")
_STYLES = ["style", "script", "title", "template"]


@dataclass(frozen=True, slots=True)
class RawMail:
    """A message not yet parsed.

    Attributes
    ----------
    data : bytes
        The message.
    options : dict
        What `mail_from_bytes` takes beside it.

    """

    data: bytes
    options: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def hold(cls, data: bytes, **options: Any) -> RawMail:
        """Stand in the place of `mail_from_bytes` where parsing is left for later."""
        return cls(data, options)

    def mail(self) -> Mail:
        """Parse the message, tolerantly and in full."""
        return mail_from_bytes(self.data, **self.options)


@dataclass(frozen=True, slots=True)
class QuickText:
    """What the gate looks at.

    Attributes
    ----------
    versions : tuple of bytes
        Subject and plain text, and subject and HTML where the plain text is so short that it may only stand in for it; in some charset that
        holds ASCII.
    to_list : bool
        Whether the message came through a discussion list.

    """

    versions: tuple[bytes, ...]
    to_list: bool


def quick_text(raw: bytes) -> QuickText | None:
    r"""Return the words of a raw message without parsing it in full.

    Parameters
    ----------
    raw : bytes
        The message, without an mbox ``From `` line.

    Returns
    -------
    QuickText or None
        None where the message is better parsed tolerantly: it is broken, has no text, or is of a form that this reading does not know.

    Examples
    --------
    >>> quick_text(b"Subject: hello\n\nGood day\n")
    QuickText(versions=(b'hello\nGood day\n',), to_list=False)

    """
    ends = end_of_header(raw)
    if ends < 0 or len(raw) > _BULK or raw[:1] in b" \t\r\n>" or b"\0" in raw:
        return None
    head = b"\n" + raw[:ends]
    low = head.lower()
    to_list = any(name in low for name in _OF_LISTS)
    subject = _value(head, low, b"\nsubject:")
    kind = _value(low, low, b"\ncontent-type:")
    if _NOT_ASCII.search(kind):
        return None
    if kind.startswith((b"text/plain", b"text;")) or not kind:
        if _value(low, low, b"\ncontent-transfer-encoding:").strip() in _PLAIN_ENCODINGS and b"=?" not in subject:
            text = raw[ends:]
            return QuickText((subject + b"\n" + text,), to_list) if text.strip() else None
    elif kind.startswith(b"multipart/"):
        raw = without_attachments(raw)
        if b"message/" in raw.lower():  # a message within it may be what the owner forwarded
            return None
    elif not kind.startswith(b"text/html"):
        return None
    versions = _parsed(raw)
    return QuickText(versions, to_list) if versions else None


def _value(head: bytes, low: bytes, name: bytes) -> bytes:
    """The unfolded value of the first header of a name; `low` is the header block in lower case, each line after a line end."""
    start = low.find(name)
    if start < 0:
        return b""
    start += len(name)
    end = start - 1
    while (end := head.find(b"\n", end + 1)) >= 0 and head[end + 1 : end + 2] in {b" ", b"\t"}:
        pass
    return _FOLDED.sub(b" ", head[start : end if end >= 0 else len(head)]).strip()


def _parsed(raw: bytes) -> tuple[bytes, ...]:
    """The versions of a text as fast-mail-parser reads them; none where it is missing, fails or has doubts."""
    parse = _parser()
    if parse is None:
        return ()
    try:
        mail = parse(raw)
    except Exception:  # its errors share no base but this one; the tolerant parser will say what is wrong
        return ()
    if mail.warnings:
        return ()
    plain = "\n".join(part for part in mail.text_plain if part.strip())
    html = [_visible(part) for part in mail.text_html if part.strip()] if len(plain) < _SHORT else []
    return tuple(f"{mail.subject}\n{text}".encode("utf-8", "replace") for text in (plain, "\n".join(html)) if text.strip())


def _visible(html: str) -> str:
    """The words of an HTML part; hidden ones may be among them."""
    tree = LexborHTMLParser(html)
    tree.strip_tags(_STYLES)
    return tree.root.text(separator=" ") if tree.root else ""


@functools.cache
def _parser() -> Callable[[bytes], Any] | None:
    """Return fast-mail-parser's function where it is installed: it has wheels for most systems, not for all."""
    try:
        from fast_mail_parser import parse_email
    except ImportError:
        return None
    return parse_email
