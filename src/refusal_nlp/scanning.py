"""Many messages: lazily in, rows out, one bad message never ends a scan."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from refusal_nlp.errors import EmptyInputError, RefusalError
from refusal_nlp.gate import KeptOut, gate, text_of
from refusal_nlp.mail.fast import LocatedMail, RawMail, quick_text
from refusal_nlp.mail.read import read_items
from refusal_nlp.parallel import batches_of, over_batches
from refusal_nlp.reader import RefusalReader
from refusal_nlp.report.rows import row_of
from refusal_nlp.types import Mail

PathLike = str | os.PathLike[str]
Item = RawMail | LocatedMail | Mail
_MOST = 1024  # messages at once: few of them pass the gate, and a message costs the pipeline less among others
_HEAVIEST = 32_000_000  # bytes at once


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """How to scan.

    Attributes
    ----------
    everything : bool
        False leaves out the rows of messages that the gate keeps out, which saves parsing them in full.
    thorough : bool
        True sends every message through the pipeline, without the gate.

    """

    everything: bool = True
    thorough: bool = False


DEFAULT = Options()


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What came of some messages that follow each other.

    Attributes
    ----------
    rows : list of dict
        In their order, see `refusal_nlp.report.rows.COLUMNS`.
    read : int
        How many messages were read; more than rows where rows were left out.

    """

    rows: list[dict[str, Any]]
    read: int


def scan_rows(paths: Sequence[PathLike], reader: RefusalReader, *, n_jobs: int = 1, thorough: bool = False) -> Iterator[dict[str, Any]]:
    """Yield a row for each message of the given mailboxes, in order; see `scan_parts`."""
    for part in scan_parts(paths, reader, n_jobs=n_jobs, options=Options(thorough=thorough)):
        yield from part.rows


def scan_parts(paths: Sequence[PathLike], reader: RefusalReader, *, n_jobs: int = 1, skip: int = 0, options: Options = DEFAULT) -> Iterator[Part]:
    """Yield the rows of the given mailboxes, some hundred messages at a time, in order.

    Parameters
    ----------
    paths : sequence of path-like
        Mailboxes, folders or tables.
    reader : RefusalReader
    n_jobs : int
        Processes; 1 works in this one, -1 takes every core.
    skip : int
        Messages at the start to leave out: what an interrupted scan has done already.
    options : Options

    Yields
    ------
    Part
        A message or file that cannot be read is a row with `error`.

    Raises
    ------
    RefusalError
        Where none of the paths can be read.

    """
    # Other processes read an mbox themselves: they are told where, not what.
    items = _items(paths, locate=LocatedMail.hold if n_jobs != 1 else None)
    yield from read_items_in_parts(islice(items, skip, None), reader, options, n_jobs=n_jobs)


def read_items_in_parts(items: Iterable[Item], reader: RefusalReader, options: Options, *, n_jobs: int = 1) -> Iterator[Part]:
    """Yield the rows of messages, some hundred at a time; see `scan_parts`."""
    batches = batches_of(items, _MOST, weigh=_weight, heaviest=_HEAVIEST)
    yield from over_batches(partial(read_part, reader, options), batches, n_jobs=n_jobs)


def read_part(reader: RefusalReader, options: Options, items: list[Item]) -> Part:
    """Return the rows of some messages: the gate first, the pipeline for what passes it."""
    rows: list[dict[str, Any] | None] = [None] * len(items)
    passed: list[tuple[int, Mail]] = []
    for place, item in enumerate(items):
        mail, kept = _look(item, options)
        if kept is None:
            passed.append((place, mail or _parsed(item)))
        elif options.everything:
            mail = mail or _parsed(item)
            rows[place] = _unread(mail) or row_of(mail, kept.analysis(reader.name))
    for some in batches_of(passed):
        for (place, _), row in zip(some, read_rows(reader, [mail for _, mail in some]), strict=True):
            rows[place] = row
    return Part(rows=[row for row in rows if row is not None], read=len(items))


def read_rows(reader: RefusalReader, mails: list[Mail]) -> list[dict[str, Any]]:
    """Return a row for each message, without the gate; where the batch fails, each message is tried alone."""
    try:
        rows = [row_of(mail, analysis) for mail, analysis in zip(mails, reader.read_batch(mails), strict=True)]
    except Exception as fault:  # one message must not take the rest with it
        if len(mails) == 1:
            return [row_of(mails[0], None, f"not analysed: {type(fault).__name__}: {fault}")]
        return [row for mail in mails for row in read_rows(reader, [mail])]
    return [_unread(mail) or row for mail, row in zip(mails, rows, strict=True)]


def _look(item: Item, options: Options) -> tuple[Mail | None, KeptOut | None]:
    """Parse a message as far as needed, and say whether the gate keeps it out."""
    if options.thorough:
        return None, None
    quick = None if isinstance(item, Mail) else quick_text(item.data)
    if quick:
        kept = [gate().keeps_out(version, to_list=quick.to_list) for version in quick.versions]
        return None, kept[0] if all(kept) else None
    mail = _parsed(item)
    # Of what cannot be read, the gate cannot know.
    return mail, gate().keeps_out(text_of(mail)) if mail.body.strip() else None


def _parsed(item: Item) -> Mail:
    return item if isinstance(item, Mail) else item.mail()


def _unread(mail: Mail) -> dict[str, Any] | None:
    """The row of a message of which nothing could be read: "not a refusal" would hide it from whoever looks at the refusals alone."""
    return row_of(mail, None) if mail.error and not mail.body.strip() else None


def _weight(item: Item) -> int:
    if isinstance(item, LocatedMail):
        return item.place.stop - item.place.start
    return len(item.data) if isinstance(item, RawMail) else len(item.body)


def _items(paths: Sequence[PathLike], locate: Callable[..., Item] | None = None) -> Iterator[Item]:
    """All messages; with several paths a bad one becomes a row with its error, and only if all are bad an exception."""
    failed: list[RefusalError] = []
    for path in paths:
        try:
            yield from read_items(path, RawMail.hold, locate)
        except RefusalError as fault:
            failed.append(fault)
            if len(paths) > 1 and not isinstance(fault, EmptyInputError):
                yield error_item(path, str(fault))
    if failed and len(failed) == len(paths):
        raise failed[0]


def error_item(path: PathLike, error: str) -> Mail:
    """Return what stands in the place of a path that cannot be read."""
    return Mail(body="", id=str(pathlib.Path(path).name), source=str(path), error=error)
