"""Many messages: lazily in, rows out, in one process or in several; one bad message never ends a scan."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING

from refusal_nlp.cascade import DEFAULT, Item, LazyReader, Options, Part, PathLike, Row, Sifted, error_item, judge, sift
from refusal_nlp.errors import EmptyInputError, RefusalError
from refusal_nlp.mail.fast import RawMail
from refusal_nlp.mail.read import read_items
from refusal_nlp.parallel import batches_of, end_processes, over_batches
from refusal_nlp.pieces import Outcome, Piece, parts_of, pieces, without_first

if TYPE_CHECKING:
    from refusal_nlp.reader import RefusalReader
    from refusal_nlp.types import Mail

_MOST = 1024  # messages at once: few of them pass the gate, and a message costs the pipeline less among others
_HEAVIEST = 32_000_000  # bytes at once
_PIECE = 8_000_000  # bytes that another process reads at once
_TOGETHER = 8  # tasks
_PACKED = {".zip", ".gz", ".tgz", ".bz2", ".xz", ".pst", ".ost"}  # small files that may hold much
_LOOKED_AT = 1000  # pieces before the scan begins; of these so many are sampled, with so many messages each
_SAMPLED, _SAMPLE = 4, 50
_WORTH_LOADING = 1000  # messages that pass the gate: to load the model in every process takes as long as these do in one


def scan_rows(paths: Sequence[PathLike], reader: RefusalReader, *, n_jobs: int = 1, thorough: bool = False) -> Iterator[Row]:
    """Yield a row for each message of the given mailboxes, in order; see `scan_parts`."""
    for part in scan_parts(paths, reader, n_jobs=n_jobs, options=Options(thorough=thorough)):
        yield from part.rows


def scan_parts(paths: Sequence[PathLike], reader: RefusalReader | LazyReader, *, n_jobs: int = 1, skip: int = 0, options: Options = DEFAULT) -> Iterator[Part]:
    """Yield the rows of the given mailboxes, some hundred messages at a time, in order.

    Parameters
    ----------
    paths : sequence of path-like
        Mailboxes, folders or tables.
    reader : RefusalReader or LazyReader
        A lazy one is loaded while other processes already read.
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
    if n_jobs == 1:
        yield from read_items_in_parts(islice(_items(paths), skip, None), reader, options)
        return
    found = without_first(pieces(paths, _PIECE), skip)
    first = list(islice(found, _LOOKED_AT))
    tasks = (task for piece in chain(first, found) for task in _tasks(piece))
    outcomes = _outcomes(tasks, _lazy(reader), options, n_jobs, much=_much_passes(first))
    yield from parts_of(paths, outcomes, skipped=skip > 0)


def read_items_in_parts(items: Iterable[Item], reader: RefusalReader | LazyReader, options: Options, *, n_jobs: int = 1) -> Iterator[Part]:
    """Yield the rows of messages, some hundred at a time; see `scan_parts`."""
    batches = batches_of(items, _MOST, weigh=_weight, heaviest=_HEAVIEST)
    lazy = _lazy(reader)
    if n_jobs == 1:
        name = _name(lazy, options)
        yield from (judge(lazy(), [sift(batch, options, name)])[0] for batch in batches)
        return
    tasks = (_Task(path=0, items=tuple(batch)) for batch in batches)
    yield from (outcome.part for outcome in _outcomes(tasks, lazy, options, n_jobs, much=False))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Task:
    """What a process does next: a piece that it reads itself, or messages that were read for it."""

    path: int
    piece: Piece | None = None
    items: tuple[Item, ...] = ()
    error: RefusalError | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Done:
    """What the gate made of a task."""

    path: int
    sifted: Sifted
    error: RefusalError | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sifter:
    """Puts what a task names to the gate, in a process of its own."""

    options: Options
    model: str

    def __call__(self, task: _Task) -> _Done:
        error = task.piece.error if task.piece else task.error
        rows: list[Row | Mail | None] = []
        try:
            for batch in batches_of(task.piece.items() if task.piece else task.items, _MOST, weigh=_weight, heaviest=_HEAVIEST):
                rows += sift(batch, self.options, self.model).rows
        except RefusalError as fault:
            error = fault
        return _Done(path=task.path, sifted=Sifted(rows=rows), error=error)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Judge:
    """Does a task as a whole, in a process of its own."""

    sifter: _Sifter
    reader: LazyReader

    def __call__(self, task: _Task) -> Outcome:
        done = self.sifter(task)
        return Outcome(path=done.path, part=judge(self.reader(), [done.sifted])[0], error=done.error)


def _outcomes(tasks: Iterable[_Task], reader: LazyReader, options: Options, n_jobs: int, *, much: bool) -> Iterator[Outcome]:
    """Do tasks in several processes: these only sift, while the model is loaded here; where much passes, each of them loads it."""
    sifter = _Sifter(options=options, model=_name(reader, options))
    if much or options.thorough:
        end_processes()
        yield from over_batches(_Judge(sifter=sifter, reader=reader), tasks, n_jobs=n_jobs)
        return
    sifting = over_batches(sifter, tasks, n_jobs=n_jobs, behind=True)
    reader()
    for some in batches_of(sifting, _TOGETHER):
        for done, part in zip(some, judge(reader(), [done.sifted for done in some]), strict=True):
            yield Outcome(path=done.path, part=part, error=done.error)


def _much_passes(found: Sequence[Piece]) -> bool:
    """Whether, going by a sample, so much passes the gate that one process would be long busy with it."""
    seen = passed = 0
    for piece in found[:: max(1, len(found) // _SAMPLED)]:
        try:
            items = list(islice(piece.items(), _SAMPLE))
        except RefusalError:  # whoever reads it will say so
            continue
        seen += sum(map(_weight, items))
        passed += len(sift(items, Options(everything=False), "").passed)
    return passed * sum(piece.size() for piece in found) >= _WORTH_LOADING * max(1, seen)


def _tasks(piece: Piece) -> Iterator[_Task]:
    """The tasks that a piece makes: of a large file that is no mbox, read here, as nobody else could begin in its middle, the messages."""
    if piece.size() <= 2 * _PIECE and not any(source.path.suffix.lower() in _PACKED for source in piece.sources):
        yield _Task(path=piece.path, piece=piece)
        return
    error = piece.error
    last: list[Item] = []
    try:
        for batch in batches_of(piece.items(), _MOST, weigh=_weight, heaviest=_HEAVIEST):
            if last:
                yield _Task(path=piece.path, items=tuple(last))
            last = batch
    except RefusalError as fault:
        error = fault
    yield _Task(path=piece.path, items=tuple(last), error=error)


def _lazy(reader: RefusalReader | LazyReader) -> LazyReader:
    return reader if isinstance(reader, LazyReader) else LazyReader(functools.partial(_itself, reader))


def _itself(reader: RefusalReader) -> RefusalReader:
    return reader


def _name(reader: LazyReader, options: Options) -> str:
    """The name of the model, where rows of messages that are kept out need it: it is known once the model is loaded."""
    return reader().name if options.everything else ""


def _weight(item: Item) -> int:
    return len(item.data) if isinstance(item, RawMail) else len(item.body)


def _items(paths: Sequence[PathLike]) -> Iterator[Item]:
    """All messages; with several paths a bad one becomes a row with its error, and only if all are bad an exception."""
    failed: list[RefusalError] = []
    for path in paths:
        try:
            yield from read_items(path, RawMail.hold)
        except RefusalError as fault:
            failed.append(fault)
            if len(paths) > 1 and not isinstance(fault, EmptyInputError):
                yield error_item(path, str(fault))
    if failed and len(failed) == len(paths):
        raise failed[0]
