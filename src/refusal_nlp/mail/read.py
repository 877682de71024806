"""Any path to messages: which container it is, and its messages one after the other."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Callable, Iterator
from typing import TypeVar

from refusal_nlp.errors import EmptyInputError, FormatError, InputError, MissingFileError
from refusal_nlp.mail import mbox, table
from refusal_nlp.mail.mime import mail_from_bytes
from refusal_nlp.types import Mail

T = TypeVar("T")
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
    yield from read_items(path, mail_from_bytes)


def read_items(path: str | os.PathLike[str], parse: Callable[..., T]) -> Iterator[Mail | T]:
    """Yield the messages of a mailbox as what `parse` makes of their bytes, and those that have no bytes of their own (rows of a table) as `Mail`.

    Parameters
    ----------
    path : path-like
        As for `read_mailbox`.
    parse : callable
        Takes what `mail_from_bytes` takes.

    """
    place = pathlib.Path(path)
    count = 0
    for mail in _read(place, parse):
        count += 1
        yield mail
    if not count:
        raise EmptyInputError(f"{place}: no message in it; give {KNOWN}")


def _read(place: pathlib.Path, parse: Callable[..., T]) -> Iterator[Mail | T]:
    try:
        if place.is_dir():
            yield from _folder(place, parse)
        elif not place.exists():
            raise MissingFileError(f"{place}: no such file or folder")
        elif place.suffix.lower() in table.ENDINGS:
            yield from table.mails(place)
        else:
            yield from _file(place, parse)
    except OSError as fault:
        raise InputError(f"{place}: cannot be read: {fault.strerror or fault}") from fault


def _file(place: pathlib.Path, parse: Callable[..., T]) -> Iterator[T]:
    kind = _kind(place)
    if kind == "mbox":
        for raw in mbox.raw_messages(place):
            yield parse(raw, source=str(place))
    elif kind == "message":
        yield parse(place.read_bytes(), source=str(place))
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


def _folder(place: pathlib.Path, parse: Callable[..., T]) -> Iterator[Mail | T]:
    if (place / "cur").is_dir() and (place / "new").is_dir():
        yield from _maildir(place, parse)
        return
    for child in sorted(place.iterdir()):
        if child.is_symlink() or (child.name.startswith(".") and not (child / "cur").is_dir()):
            continue
        if child.is_dir():
            yield from _folder(child, parse)
        elif child.suffix.lower() in table.ENDINGS:
            yield from table.mails(child)
        elif child.suffix.lower() not in _SKIPPED and _kind(child) in {"mbox", "message"}:
            yield from _file(child, parse)


def _maildir(place: pathlib.Path, parse: Callable[..., T]) -> Iterator[Mail | T]:
    for part in ("cur", "new"):
        for child in sorted((place / part).iterdir()):
            if child.is_file():
                yield parse(child.read_bytes(), source=str(child))
    for child in sorted(place.iterdir()):
        if child.name.startswith(".") and (child / "cur").is_dir():
            yield from _folder(child, parse)
