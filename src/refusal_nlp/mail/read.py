"""Any path to messages: which container it is, and its messages one after the other."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterator

from refusal_nlp.errors import EmptyInputError, FormatError, InputError, MissingFileError
from refusal_nlp.mail import mbox, table
from refusal_nlp.mail.mime import mail_from_bytes
from refusal_nlp.types import Mail

KNOWN = ".mbox, Maildir, .eml, a folder of these, or a table (.csv, .jsonl, .parquet, .xlsx)"
_SKIPPED = {".msf", ".dat", ".json", ".txt", ".html", ".pdf", ".md", ".log", ".sqlite", ".db"}


def read_mailbox(path: str | os.PathLike[str]) -> Iterator[Mail]:
    """Yield the messages of a mailbox, lazily.

    Parameters
    ----------
    path : path-like
        An mbox file, a Maildir, an ``.eml`` file, a table, or a folder of any of these.

    Yields
    ------
    Mail
        In the order of the file; folders in the order of their names.

    Raises
    ------
    MissingFileError, FormatError, EmptyInputError
        At the first step of the iteration; the message says what to do.

    """
    place = pathlib.Path(path)
    count = 0
    for mail in _read(place):
        count += 1
        yield mail
    if not count:
        raise EmptyInputError(f"{place}: no message in it; give {KNOWN}")


def _read(place: pathlib.Path) -> Iterator[Mail]:
    try:
        if place.is_dir():
            yield from _folder(place)
        elif not place.exists():
            raise MissingFileError(f"{place}: no such file or folder")
        elif place.suffix.lower() in table.ENDINGS:
            yield from table.mails(place)
        else:
            yield from _file(place)
    except OSError as fault:
        raise InputError(f"{place}: cannot be read: {fault.strerror or fault}") from fault


def _file(place: pathlib.Path) -> Iterator[Mail]:
    kind = _kind(place)
    if kind == "mbox":
        for raw in mbox.raw_messages(place):
            yield mail_from_bytes(raw, source=str(place))
    elif kind == "message":
        yield mail_from_bytes(place.read_bytes(), source=str(place))
    elif kind != "empty":
        raise FormatError(f"{place}: of no known kind; give {KNOWN}")


def _kind(place: pathlib.Path) -> str:
    """Tell mbox from a single message by content: endings are often missing or wrong."""
    with place.open("rb") as file:
        head = file.read(4096).removeprefix(b"\xef\xbb\xbf")
    if not head.strip():
        return "empty"
    if head.startswith(b"From "):
        return "mbox"
    first = head.lstrip().split(b"\n", 1)[0]
    name, colon, _ = first.partition(b":")
    if b"\0" not in head and colon and name and name.replace(b"-", b"").isalnum():
        return "message"
    return "message" if place.suffix.lower() == ".eml" else "unknown"


def _folder(place: pathlib.Path) -> Iterator[Mail]:
    if (place / "cur").is_dir() and (place / "new").is_dir():
        yield from _maildir(place)
        return
    for child in sorted(place.iterdir()):
        if child.is_symlink() or (child.name.startswith(".") and not (child / "cur").is_dir()):
            continue
        if child.is_dir():
            yield from _folder(child)
        elif child.suffix.lower() in table.ENDINGS:
            yield from table.mails(child)
        elif child.suffix.lower() not in _SKIPPED and _kind(child) in {"mbox", "message"}:
            yield from _file(child)


def _maildir(place: pathlib.Path) -> Iterator[Mail]:
    for part in ("cur", "new"):
        for child in sorted((place / part).iterdir()):
            if child.is_file():
                yield mail_from_bytes(child.read_bytes(), source=str(child))
    for child in sorted(place.iterdir()):
        if child.name.startswith(".") and (child / "cur").is_dir():
            yield from _folder(child)
