"""One raw message to `Mail`: best text part, charset, headers. Tolerant: what can be read is read, the rest is named in `error`."""

from __future__ import annotations

import datetime as dt
import email
import email.utils
import hashlib
import re
from email.header import decode_header
from email.message import Message

from refusal_nlp.mail.htmltext import html_to_text
from refusal_nlp.types import Mail

MAX_PARTS = 500
_MAX_HEADER = 2000
_HOLLOW = re.compile(
    r"(does(n't| not)|cannot|can't|unable to) (support|display|view|read) (this )?(html|message)|view this (e-?mail|message) in (an )?html", re.I
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def mail_from_bytes(raw: bytes, *, source: str = "") -> Mail:
    """Parse one RFC 5322 message.

    Parameters
    ----------
    raw : bytes
        The message, with or without a leading mbox ``From `` line.
    source : str
        Where it came from, kept in the result.

    Returns
    -------
    Mail
        With `error` set where a part could not be read. Never raises for bad content.

    """
    if raw.startswith(b"From "):
        raw = raw.partition(b"\n")[2]
    digest = hashlib.sha256(raw).hexdigest()[:16]
    try:
        # compat32: the newer policies raise on unknown charsets and some addresses, and take seconds on hostile headers.
        message = email.message_from_bytes(raw)
        body, error = _best_text(message)
        return Mail(
            id=_header(message, "Message-ID") or digest,
            subject=_header(message, "Subject"),
            sender=_header(message, "From"),
            date=_date(message),
            body=body,
            source=source,
            error=error,
        )
    except (ValueError, LookupError, RecursionError, AttributeError, TypeError, IndexError) as fault:
        # The standard library's parser fails in these ways on broken mail; the text is still worth reading.
        return Mail(id=digest, body=clean(decode(raw, None)[0]), source=source, error=f"broken message: {type(fault).__name__}: {fault}")


def decode(raw: bytes, charset: str | None) -> tuple[str, str | None]:
    """Decode as mail programs do: the named charset, else UTF-8, else Windows-1252.

    Returns
    -------
    tuple of str and (str or None)
        The text, and a remark where the named charset did not serve.

    """
    name = (charset or "").strip("\"' ").lower()
    remark = None
    if name and name not in {"us-ascii", "ascii", "iso-8859-1", "latin-1", "latin1", "default", "unknown-8bit"}:
        try:
            text = raw.decode(name)
            if isinstance(text, str):
                return text, None
        except LookupError:
            remark = f"unknown charset {name!r}"
        except (UnicodeError, ValueError, TypeError, AssertionError):
            remark = f"not valid {name}"
    try:
        return raw.decode("utf-8"), remark
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace"), remark


def clean(text: str) -> str:
    """Normalise line ends, drop control characters that no reader shows."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip("\n")


def _header(message: Message, name: str) -> str | None:
    value = message.get(name)
    if value is None:
        return None
    raw = str(value)[: _MAX_HEADER * 4]
    try:
        parts = decode_header(raw)
        text = "".join(decode(p, c)[0] if isinstance(p, bytes) else p for p, c in parts)
    except (ValueError, LookupError):
        text = raw
    return re.sub(r"\s+", " ", _CONTROL.sub("", text)).strip()[:_MAX_HEADER] or None


def _date(message: Message) -> dt.datetime | None:
    value = message.get("Date")
    try:
        date = email.utils.parsedate_to_datetime(str(value)) if value else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return date.replace(tzinfo=dt.UTC) if date and date.tzinfo is None else date


def _best_text(message: Message) -> tuple[str, str | None]:
    """The first plain part that says something, else the first HTML part, and what went wrong on the way."""
    plain: list[str] = []
    html: list[str] = []
    errors: list[str] = []
    for count, part in enumerate(message.walk()):
        if count >= MAX_PARTS:
            errors.append(f"only the first {MAX_PARTS} parts were read")
            break
        kind = part.get_content_type()
        if part.is_multipart() or kind not in {"text/plain", "text/html"} or _is_attachment(part):
            continue
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes):
            continue
        text, remark = decode(payload, part.get_param("charset") if isinstance(part.get_param("charset"), str) else None)  # type: ignore[arg-type]
        if remark:
            errors.append(remark)
        (plain if kind == "text/plain" else html).append(clean(text))
    text = "\n\n".join(p for p in plain if p.strip())
    if html and (not text.strip() or (len(text) < 400 and _HOLLOW.search(text))):
        text = "\n\n".join(filter(None, map(html_to_text, html)))
    elif text.lstrip()[:300].lower().startswith(("<!doctype html", "<html")):
        text = html_to_text(text)
    return text, "; ".join(dict.fromkeys(errors)) or None


def _is_attachment(part: Message) -> bool:
    return (part.get_content_disposition() or "") == "attachment"
