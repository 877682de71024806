"""Outlook's archives: .pst and .ost."""

from __future__ import annotations

import importlib.util
import pathlib
from collections.abc import Iterator
from typing import Any

from refusal_nlp.errors import FormatError, MissingExtraError
from refusal_nlp.mail.mime import mail_from_parts
from refusal_nlp.mail.outgoing import holds_outgoing
from refusal_nlp.types import Mail

_MAX_FOLDERS = 100_000


def read_pst(path: pathlib.Path, *, source: str = "", outgoing: bool = False) -> Iterator[Mail]:
    """Yield the messages of a ``.pst`` or ``.ost`` file, folder by folder.

    Yields
    ------
    Mail
        Its `source` ends with the folder within the file. What cannot be read is a `Mail` with an error.

    Raises
    ------
    MissingExtraError
        Where the library for it is not installed.
    FormatError
        Where the file is none.

    """
    if importlib.util.find_spec("pypff") is None:
        raise MissingExtraError("reading .pst and .ost", "outlook")
    import pypff

    source = source or str(path)
    file = pypff.file()
    try:
        file.open(str(path))
    except OSError as fault:
        raise FormatError(f"{source}: not a readable .pst or .ost file: {_first_line(fault)}") from fault
    try:
        yield from _folders(file, source, outgoing)
    finally:
        file.close()


def _folders(file: Any, source: str, outgoing: bool) -> Iterator[Mail]:
    stack: list[tuple[Any, tuple[str, ...]]] = [(file.get_root_folder(), ())]
    seen = 0
    while stack and seen < _MAX_FOLDERS:  # a damaged file may hold a folder within itself
        folder, names = stack.pop()
        seen += 1
        place = "/".join((source, *names))
        sent = outgoing or holds_outgoing(names)
        count = _try(folder.get_number_of_sub_messages, 0)
        for index in range(count):
            yield _mail(folder, index, place, sent)
        children = [child for i in range(_try(folder.get_number_of_sub_folders, 0)) if (child := _try(folder.get_sub_folder, None, i)) is not None]
        stack.extend((child, (*names, str(_try(child.get_name, None) or "folder"))) for child in reversed(children))


def _mail(folder: Any, index: int, place: str, outgoing: bool) -> Mail:
    try:
        message = folder.get_sub_message(index)
        plain, html = (_try(getter, None) for getter in (message.get_plain_text_body, message.get_html_body))
        return mail_from_parts(
            headers=_try(message.get_transport_headers, None),
            message_id=None,
            subject=_try(message.get_subject, None),
            sender=_try(message.get_sender_name, None),
            date=_try(message.get_delivery_time, None),
            plain=plain or b"",
            html=html or b"",
            source=place,
            outgoing=outgoing,
            fallback_id=f"{place}/{index + 1}",
            only_rich_text=not plain and not html and bool(_try(message.get_rtf_body, None)),
        )
    except (OSError, ValueError, SystemError, MemoryError) as fault:  # what the library raises on damaged items
        return Mail(body="", id=f"{place}/{index + 1}", source=place, error=f"cannot be read: {_first_line(fault)}", outgoing=outgoing)


def _try(get: Any, otherwise: Any, *arguments: Any) -> Any:
    try:
        return get(*arguments)
    except (OSError, ValueError, SystemError, OverflowError):
        return otherwise


def _first_line(fault: BaseException) -> str:
    return (str(fault).splitlines() or [type(fault).__name__])[0][:300]
