"""One raw message to `Mail`: best text part, charset, headers. Tolerant: what can be read is read, the rest is named in `error`.

What a message may cost is bounded: the limits below cut what no person writes, and `error` says so.
"""

from __future__ import annotations

import datetime as dt
import email.parser
import email.utils
import hashlib
import re
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from typing import Any

from refusal_nlp.mail.attachments import without_attachments
from refusal_nlp.mail.bounds import MAX_TEXT, bounded
from refusal_nlp.mail.charset import decode
from refusal_nlp.mail.htmltext import html_to_text
from refusal_nlp.mail.mbox import MAX_MESSAGE
from refusal_nlp.mail.outgoing import is_outgoing
from refusal_nlp.types import Mail

__all__ = ["MAX_PARTS", "clean", "decode", "mail_from_bytes", "mail_from_parts"]

MAX_PARTS = 500
_MAX_HTML = 1_500_000  # characters
_MAX_HEADER = 2000
_MAX_HEADERS = 256_000  # bytes of all headers of a message
_BULK = 1_000_000  # bytes: a message of this size holds attachments, which are taken out before it is parsed
_MAX_PARSED = 4_000_000  # bytes that remain of it
_MAX_CONTAINERS = 60  # multiparts and messages within messages
_MAX_LINES, _MAX_STEPS = 100_000, 1_000_000  # of what remains, alone and times the containers: the parser asks each container about each line
_HOLLOW = re.compile(
    r"(does(n't| not)|cannot|can't|unable to) (support|display|view|read) (this )?(html|message)|view this (e-?mail|message) in (an )?html", re.I
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ENCODED_LINES = re.compile(rb"(?:^[A-Za-z0-9+/=]{40,1000}\r?\n){4000,}", re.M)
_LONG_LINE = re.compile(rb"[^\n]{2000000,}")
_END_OF_HEADERS = re.compile(rb"\n\r?\n")
_CONTAINER = re.compile(rb"multipart/|message/", re.I)
_LINE_END = re.compile(rb"\n")
_DELIMITER = re.compile(rb"^--", re.M)
_PICTURE = re.compile(r"data:[a-z]{1,20}/[a-z0-9.+-]{1,40};base64,[A-Za-z0-9+/=\s]{1000,}")
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.I)
# The standard library's parser fails in these ways on broken mail.
_FAULTS = (MessageError, ValueError, LookupError, RecursionError, AttributeError, TypeError, AssertionError, MemoryError)


class _Message(Message):
    """A message whose headers are no longer than any that mean something: some of the parser's steps take quadratic time in their length."""

    def get(self, name: str, failobj: Any = None) -> Any:
        wanted = name.lower()
        for key, value in self.raw_items():
            if key.lower() == wanted:
                return self.policy.header_fetch_parse(key, value[: _MAX_HEADER * 4])
        return failobj


def mail_from_bytes(raw: bytes, *, source: str = "", outgoing: bool = False, owners: frozenset[str] = frozenset()) -> Mail:
    """Parse one RFC 5322 message.

    Parameters
    ----------
    raw : bytes
        The message, with or without a leading mbox ``From `` line.
    source : str
        Where it came from, kept in the result.
    outgoing : bool
        Whether the place it was found in tells that the owner of the mailbox wrote it; else its headers decide.
    owners : frozenset of str
        Addresses of the owner, in lower case.

    Returns
    -------
    Mail
        With `error` set where a part could not be read. Never raises for bad content.

    """
    if raw.startswith(b"From "):
        raw = raw.partition(b"\n")[2]
    digest = hashlib.sha256(raw).hexdigest()[:16]
    tame, remarks = _tame(raw)
    try:
        # compat32: the newer policies raise on unknown charsets and some addresses, and take seconds on hostile headers.
        message = email.parser.BytesParser(_Message).parsebytes(tame)
        sender = _header(message, "From")
        labels, recipients = (_header(message, name) for name in ("X-Gmail-Labels", "To"))
        body, faults = _best_text(message)
        return Mail(
            id=_header(message, "Message-ID") or digest,
            subject=_header(message, "Subject"),
            sender=sender,
            date=_date(message.get("Date")),
            body=body,
            source=source,
            error=_joined(remarks + faults),
            outgoing=outgoing or is_outgoing(labels=labels, sender=sender, recipients=recipients, owners=owners),
        )
    except _FAULTS as fault:  # the text is still worth reading
        body, more = bounded(clean(decode(tame[: MAX_TEXT * 4], None)[0]))
        error = _joined([*remarks, f"broken message: {type(fault).__name__}: {fault}"[:300], *more])
        return Mail(id=digest, body=body, source=source, error=error, outgoing=outgoing)


def mail_from_parts(
    *,
    headers: str | None,
    message_id: str | None,
    subject: str | None,
    sender: str | None,
    date: dt.datetime | None,
    plain: str | bytes,
    html: str | bytes,
    source: str,
    outgoing: bool = False,
    fallback_id: str = "",
    only_rich_text: bool = False,
) -> Mail:
    """Make a `Mail` of what Outlook keeps of a message.

    Parameters
    ----------
    headers : str or None
        The headers with which it came; where there are any they tell more than Outlook's own fields.
    message_id, subject, sender : str or None
    date : datetime.datetime or None
        UTC where it has no zone.
    plain, html : str or bytes
        The body in these forms; empty where there is none.
    source : str
    outgoing : bool
    fallback_id : str
        Where there is no Message-ID; else a digest of the text.
    only_rich_text : bool
        Whether there is a body in a form that cannot be read.

    """
    parsed = email.parser.Parser(_Message).parsestr((headers or "")[:_MAX_HEADERS], headersonly=True)
    text, faults = _choose([_as_text(plain)] if plain else [], [_as_text(html)] if html else [])
    if only_rich_text:
        faults.append("the text is there as RTF only, which is not read")
    digest = hashlib.sha256(f"{subject}\n{sender}\n{text}".encode("utf-8", "replace")).hexdigest()[:16]
    return Mail(
        id=_header(parsed, "Message-ID") or _one_line(message_id) or fallback_id or digest,
        subject=_header(parsed, "Subject") or _one_line(re.sub(r"\A\x01.", "", subject or "", flags=re.S)),
        sender=_header(parsed, "From") or _one_line(sender),
        date=_date(parsed.get("Date")) or (date.replace(tzinfo=dt.UTC) if date and date.tzinfo is None else date),
        body=text,
        source=source,
        error=_joined(faults),
        outgoing=outgoing,
    )


def clean(text: str) -> str:
    """Normalise line ends, drop control characters that no reader shows."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip("\n")


def _tame(raw: bytes) -> tuple[bytes, list[str]]:
    """Take out what would make parsing costly: attachments, endless headers, thousands of parts, parts nested in parts."""
    remarks = []
    if len(raw) > MAX_MESSAGE:
        raw = raw[:MAX_MESSAGE]
        remarks.append(f"only the first {MAX_MESSAGE // 1_000_000} MB were read")
    border = _END_OF_HEADERS.search(raw)
    ends = border.start() if border else len(raw)
    if ends > _MAX_HEADERS:
        cut = raw.rfind(b"\n", 0, _MAX_HEADERS)
        raw = raw[: cut if cut > 0 else _MAX_HEADERS] + raw[ends:]
        remarks.append(f"only the first {_MAX_HEADERS // 1000} kB of headers were read")
        ends = cut
    if len(raw) > 2 * _MAX_PARSED and raw.count(b"\n") > len(raw) // 50:
        raw = raw[: 2 * _MAX_PARSED]  # no attachment has lines as short as these
    if b"multipart/" in raw[: max(0, ends)].lower():
        raw = without_attachments(raw)
    if len(raw) > _BULK:
        raw = _LONG_LINE.sub(lambda line: line[0][: 2 * _BULK], _ENCODED_LINES.sub(lambda lines: lines[0][:_BULK] + b"\n", raw))
        if len(raw) > _MAX_PARSED:
            raw = raw[:_MAX_PARSED]
            remarks.append(f"only the first {_MAX_PARSED // 1_000_000} MB beside attachments were read")
    if _CONTAINER.search(raw, 0, max(0, ends)):
        for pattern, most, what in ((_CONTAINER, _MAX_CONTAINERS, "parts within parts"), (_DELIMITER, 2 * MAX_PARTS, "parts")):
            if (at := _nth(pattern, raw, most)) is not None:
                raw = raw[:at]
                remarks.append(f"only the first {most} {what} were read")
    most = min(_MAX_LINES, _MAX_STEPS // (1 + len(_CONTAINER.findall(raw))))
    if raw.count(b"\n") > most and (at := _nth(_LINE_END, raw, most)) is not None:
        raw = raw[:at]
        remarks.append(f"only the first {most} lines were read")
    return raw, remarks


def _nth(pattern: re.Pattern[bytes], raw: bytes, number: int) -> int | None:
    for count, found in enumerate(pattern.finditer(raw)):
        if count >= number:
            return found.start()
    return None


def _header(message: Message, name: str) -> str | None:
    value = message.get(name)
    if value is None:
        return None
    raw = str(value)[: _MAX_HEADER * 4]
    try:
        parts = decode_header(raw)
        text = "".join(decode(p, c)[0] if isinstance(p, bytes) else p for p, c in parts)
    except (ValueError, LookupError, MessageError):
        text = raw
    return _one_line(text)


def _one_line(text: str | None) -> str | None:
    """A header's value without line ends and control characters: it may be written into another header, a cell or a terminal."""
    return re.sub(r"\s+", " ", _CONTROL.sub("", (text or "")[: _MAX_HEADER * 4])).strip()[:_MAX_HEADER] or None


def _date(value: object) -> dt.datetime | None:
    try:
        date = email.utils.parsedate_to_datetime(str(value)[:200]) if value else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return date.replace(tzinfo=dt.UTC) if date and date.tzinfo is None else date


def _best_text(message: Message) -> tuple[str, list[str]]:
    """The plain parts that say something, else the HTML parts, and what went wrong on the way."""
    plain: list[str] = []
    html: list[str] = []
    faults: list[str] = []
    for count, part in enumerate(message.walk()):
        if count >= MAX_PARTS:
            faults.append(f"only the first {MAX_PARTS} parts were read")
            break
        kind = part.get_content_type()
        if part.is_multipart() or kind not in {"text/plain", "text/html"} or _is_attachment(part):
            continue
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes):
            continue
        charset = part.get_param("charset")
        if kind == "text/html" and not charset and (meta := _META_CHARSET.search(payload, 0, 4000)):
            charset = meta[1].decode("ascii")
        text, remark = decode(payload, charset if isinstance(charset, str) else None)
        if remark:
            faults.append(remark)
        (plain if kind == "text/plain" else html).append(text)
    rest = message.get_payload()
    if not plain and not html and message.get_content_maintype() == "multipart" and isinstance(rest, str):
        plain.append(rest)  # no delimiter was found: all that follows the headers
    text, more = _choose(plain, html)
    return text, faults + more


def _choose(plain: list[str], html: list[str]) -> tuple[str, list[str]]:
    faults: list[str] = []
    text = "\n\n".join(p for p in map(clean, plain) if p.strip())
    is_markup = text.lstrip()[:300].lower().startswith(("<!doctype html", "<html"))
    if html and (not text.strip() or (len(text) < 400 and _HOLLOW.search(text))):
        text = "\n\n".join(filter(None, (_html(markup, faults) for markup in html)))
    elif is_markup:
        text = _html(text, faults)
    text, more = bounded(text)
    return text, faults + more


def _html(markup: str, faults: list[str]) -> str:
    markup = _PICTURE.sub("data:", markup)
    if len(markup) > _MAX_HTML:
        faults.append(f"only the first {_MAX_HTML} characters of HTML were read")
    return html_to_text(clean(markup[:_MAX_HTML]))


def _is_attachment(part: Message) -> bool:
    return (part.get_content_disposition() or "") == "attachment"


def _as_text(body: str | bytes) -> str:
    return body if isinstance(body, str) else decode(body, None)[0]


def _joined(remarks: list[str]) -> str | None:
    return "; ".join(dict.fromkeys(remarks)) or None
