"""Outlook's files of one message."""

from __future__ import annotations

import datetime as dt
import importlib.util
import pathlib

from refusal_nlp.errors import FormatError, MissingExtraError
from refusal_nlp.mail.mime import mail_from_parts
from refusal_nlp.types import Mail

# Properties, numbered as in [MS-OXPROPS].
_HEADERS, _SENDER_NAME, _SENDER_ADDRESS, _SENDER_SMTP = 0x007D, 0x0C1A, 0x0C1F, 0x5D01
_SENT_AT, _DELIVERED_AT, _FLAGS, _MESSAGE_ID = 0x0039, 0x0E06, 0x0E07, 0x1035
_UNSENT, _FROM_ME = 0x0008, 0x0020  # bits of PidTagMessageFlags


def read_msg(path: pathlib.Path, *, source: str = "", outgoing: bool = False) -> Mail:
    """Read a ``.msg`` file.

    Raises
    ------
    MissingExtraError
        Where the library for it is not installed.
    FormatError
        Where the file is none.

    """
    if importlib.util.find_spec("aspose") is None or importlib.util.find_spec("aspose.email_foss") is None:
        raise MissingExtraError("reading .msg", "outlook")
    from aspose.email_foss.msg import MapiMessage

    try:
        message = MapiMessage.from_file(path)
        try:
            value = message.get_property_value
            name, address = value(_SENDER_NAME), value(_SENDER_SMTP) or value(_SENDER_ADDRESS)
            flags = value(_FLAGS)
            date = value(_DELIVERED_AT) or value(_SENT_AT)
            return mail_from_parts(
                headers=_text(value(_HEADERS)),
                message_id=_text(value(_MESSAGE_ID)),
                subject=_text(message.subject),
                sender=_sender(_text(name), _text(address)),
                date=date if isinstance(date, dt.datetime) else None,
                plain=_text(message.body) or "",
                html=message.body_html or "",
                source=source or str(path),
                outgoing=outgoing or (isinstance(flags, int) and bool(flags & (_UNSENT | _FROM_ME))),
            )
        finally:
            message.close()
    except Exception as fault:  # the library meets hostile files with errors of many kinds
        raise FormatError(f"{source or path}: not a readable .msg file: {type(fault).__name__}: {fault}") from fault


def _sender(name: str | None, address: str | None) -> str | None:
    if address and "@" not in address:  # an address within an Exchange server
        address = None
    return f"{name} <{address}>" if name and address and name != address else address or name


def _text(value: object) -> str | None:
    return value.rstrip("\0") if isinstance(value, str) and value else None
