"""Any path to messages: which container it is, and its messages one after the other."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from refusal_nlp.errors import EmptyInputError, FormatError, InputError, MissingExtraError, MissingFileError
from refusal_nlp.mail import emlx, folder, mbox, packed, table
from refusal_nlp.mail.kinds import HEAD, kind_of
from refusal_nlp.mail.mime import mail_from_bytes
from refusal_nlp.mail.msg import read_msg
from refusal_nlp.mail.outgoing import holds_outgoing, owners_in
from refusal_nlp.mail.pst import read_pst
from refusal_nlp.types import Mail

KNOWN = ".mbox, Maildir, .eml, .emlx, .msg, .pst, a table (.csv, .jsonl, .parquet, .xlsx), these packed (.zip, .gz, .bz2, .xz), or a folder of any of them"
_OWNER_SAMPLE = 4_000_000  # bytes at the start of a mailbox that tell whose it is


@dataclass(frozen=True, kw_only=True, slots=True)
class _Origin:
    """Where a file comes from: what to call it, the names that tell sent mail, how deep in archives, whether it was asked for by name, which range
    of its bytes is wanted and whose it is (of an mbox alone), and what parses it.
    """

    source: str
    names: tuple[str, ...]
    parse: Callable[..., Any]
    depth: int = 0
    asked_for: bool = False
    start: int = 0
    stop: int | None = None
    owners: frozenset[str] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A file to read, or a range of it.

    Attributes
    ----------
    path : pathlib.Path
    names : tuple of str
        Names of the folders it lies in, from the given folder downwards, and its own: they tell sent mail.
    asked_for : bool
        Whether it was given by name and not found in a folder.
    start, stop : int
        Of an mbox only the messages that begin in the half-open range of bytes; None: up to its end.
    owners : frozenset of str, optional
        Addresses of its owner, where they have been found out already.

    """

    path: pathlib.Path
    names: tuple[str, ...]
    asked_for: bool = False
    start: int = 0
    stop: int | None = None
    owners: frozenset[str] | None = None


def read_mailbox(path: str | os.PathLike[str]) -> Iterator[Mail]:
    """Yield the messages of a mailbox, lazily.

    Parameters
    ----------
    path : path-like
        An mbox file, a Maildir, a file of one message (``.eml``, ``.emlx``, ``.msg``), an Outlook archive, a table, any of these compressed or
        in an archive, or a folder of any mixture. Their kind is told by their content.

    Yields
    ------
    Mail
        In the order of the file; folders in the order of their names. A file in a folder or archive that cannot be read is a `Mail` with `error`.

    Raises
    ------
    MissingFileError, FormatError, EmptyInputError, MissingExtraError
        At the first step of the iteration; the message says what to do.

    """
    yield from read_items(path, mail_from_bytes)


def read_items(path: str | os.PathLike[str], parse: Callable[..., Any]) -> Iterator[Any]:
    """Yield the messages of a mailbox as what `parse` makes of their bytes; those without bytes of their own, as rows of a table, as `Mail`.

    Parameters
    ----------
    path : path-like
        As for `read_mailbox`.
    parse : callable
        Takes what `mail_from_bytes` takes.

    """
    count = 0
    for source in sources(path):
        for item in read_source(source, parse):
            count += 1
            yield item
    if not count:
        raise EmptyInputError(f"{path}: no message in it; give {KNOWN}")


def sources(path: str | os.PathLike[str]) -> Iterator[Source]:
    """Yield the files of a path, a folder or a single file, in the order in which they are read.

    Raises
    ------
    MissingFileError, FormatError, InputError
        At the first step of the iteration.

    """
    place = pathlib.Path(path)
    try:
        if place.is_dir():
            for found in folder.files(place):
                yield Source(path=found.path, names=found.names)
        elif not place.exists():
            raise MissingFileError(f"{place}: no such file or folder")
        elif not place.is_file():
            raise FormatError(f"{place}: neither a file nor a folder; save what comes out of it in a file")
        else:
            yield Source(path=place, names=(place.name,), asked_for=True)
    except OSError as fault:
        raise InputError(f"{place}: cannot be read: {fault.strerror or fault}") from fault


def ranges(source: Source, size: int) -> list[Source]:
    """Cut a large mbox into ranges of bytes that can be read apart; any other file stays as it is."""
    try:
        whole = source.path.stat().st_size
        with source.path.open("rb") as file:
            head = file.read(HEAD) if whole > size else b""
        if not head or kind_of(head, source.names[-1]) != "mbox":
            return [source]
        owners = owners_in(_beginning(source.path, _OWNER_SAMPLE))
    except OSError:
        return [source]  # whoever reads it will say what is wrong
    return [replace(source, start=start, stop=min(start + size, whole), owners=owners) for start in range(0, whole, size)]


def read_source(source: Source, parse: Callable[..., Any]) -> Iterator[Any]:
    """Yield the messages of one file; see `read_items`. A fault of a file that was not asked for by name is a `Mail` with `error`."""
    origin = _Origin(
        source=str(source.path),
        names=source.names,
        parse=parse,
        asked_for=source.asked_for,
        start=source.start,
        stop=source.stop,
        owners=source.owners,
    )
    if not source.asked_for:
        yield from _guarded(source.path, origin)
        return
    try:
        yield from _file(source.path, origin)
    except OSError as fault:
        raise InputError(f"{source.path}: cannot be read: {fault.strerror or fault}") from fault


def _guarded(place: pathlib.Path, origin: _Origin) -> Iterator[Any]:
    """One file among others: its fault is told, and the others are read."""
    try:
        yield from _file(place, origin)
    except MissingExtraError as fault:
        yield _unread(origin, str(fault))
    except InputError as fault:
        yield _unread(origin, str(fault).removeprefix(f"{origin.source}: "))
    except OSError as fault:
        yield _unread(origin, f"cannot be read: {fault.strerror or fault}")


def _file(place: pathlib.Path, origin: _Origin) -> Iterator[Any]:
    with place.open("rb") as file:
        head = file.read(HEAD)
    flags = folder.maildir_flags(origin.names)
    kind = "message" if flags is not None and head else kind_of(head, origin.names[-1])
    source, outgoing = origin.source, holds_outgoing(origin.names)
    if kind == "mbox":
        yield from _mbox(place, origin, outgoing)
    elif kind == "message":
        if "T" not in (flags or ""):  # trashed, like a message that Thunderbird deleted
            yield origin.parse(_beginning(place), source=source, outgoing=outgoing or "D" in (flags or ""))
    elif kind == "emlx":
        message = emlx.read(_beginning(place))
        if not message.deleted:
            yield origin.parse(message.raw, source=source, outgoing=outgoing or message.draft)
    elif kind == "msg":
        yield read_msg(place, source=source, outgoing=outgoing)
    elif kind == "pst":
        yield from read_pst(place, source=source, outgoing=outgoing)
    elif kind == "csv" and not origin.asked_for and not table.has_body_column(head, least=1):
        return  # a table of something else
    elif kind in table.KINDS:
        yield from table.mails(place, kind, source=source, outgoing=outgoing)
    elif kind in packed.ARCHIVES:
        yield from _archive(place, kind, origin)
    elif kind == "unknown" and origin.asked_for:
        raise FormatError(f"{place}: of no known kind; give {KNOWN}")


def _mbox(place: pathlib.Path, origin: _Origin, outgoing: bool) -> Iterator[Any]:
    owners = owners_in(_beginning(place, _OWNER_SAMPLE)) if origin.owners is None else origin.owners
    for raw in mbox.raw_messages(place, origin.start, origin.stop):
        yield origin.parse(raw, source=origin.source, outgoing=outgoing, owners=owners)


def _archive(place: pathlib.Path, kind: str, origin: _Origin) -> Iterator[Any]:
    if origin.depth >= packed.MAX_DEPTH:
        raise FormatError(f"{origin.source}: an archive within {origin.depth} archives: unpack it yourself")
    for found in packed.unpack(place, kind):
        names = tuple(part for part in pathlib.PurePosixPath(found.name.replace("\\", "/")).parts if part not in {"/", ".."})
        if names[-2:-1] == ("tmp",) or not names:  # of a Maildir
            continue
        inside = f"{origin.source}/{'/'.join(names)}" if kind in {"zip", "tar"} else origin.source
        inner = _Origin(source=inside, names=(*origin.names[:-1], *names), parse=origin.parse, depth=origin.depth + 1)
        if found.path is not None:
            yield from _guarded(found.path, inner)
        if found.error is not None:
            yield _unread(inner, found.error)


def _beginning(place: pathlib.Path, size: int = mbox.MAX_MESSAGE + 1) -> bytes:
    with place.open("rb") as file:
        return file.read(size)


def _unread(origin: _Origin, error: str) -> Mail:
    return Mail(body="", id=origin.names[-1], source=origin.source, error=error)
