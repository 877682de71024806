"""Many messages: lazily in, rows out, in one process or in several; one bad message never ends a scan."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from refusal_nlp.cascade import DEFAULT, Item, LazyReader, Options, Part, PathLike, Row, Sifted, error_item, judge, sift
from refusal_nlp.errors import EmptyInputError, RefusalError
from refusal_nlp.mail.fast import RawMail
from refusal_nlp.mail.read import read_items
from refusal_nlp.parallel import batches_of, over_batches
from refusal_nlp.pieces import Outcome, Piece, parts_of, pieces, without_first

if TYPE_CHECKING:
    from refusal_nlp.reader import RefusalReader
    from refusal_nlp.types import Mail

_MOST = 1024  # messages at once: few of them pass the gate, and a message costs the pipeline less among others
_HEAVIEST = 32_000_000  # bytes at once
_PIECE = 8_000_000  # bytes that another process reads at once
_TOGETHER = 8  # tasks
_PACKED = {".zip", ".gz", ".tgz", ".bz2", ".xz", ".pst", ".ost"}  # small files that may hold much
# Messages that pass the gate in one process before it loads the model: until then they go to the process that has it, which takes less time.
_WORTH_LOADING = 500


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
    lazy = _lazy(reader)
    tasks = (task for piece in without_first(pieces(paths, _PIECE), skip) for task in _tasks(piece))
    worker = _Worker(lazy, options, _name(lazy, options))
    done = over_batches(worker, tasks, n_jobs=n_jobs)
    lazy()  # is loaded while the others read
    yield from parts_of(paths, _judged(done, lazy), skipped=skip > 0)


def read_items_in_parts(items: Iterable[Item], reader: RefusalReader | LazyReader, options: Options, *, n_jobs: int = 1) -> Iterator[Part]:
    """Yield the rows of messages, some hundred at a time; see `scan_parts`."""
    batches = batches_of(items, _MOST, weigh=_weight, heaviest=_HEAVIEST)
    lazy = _lazy(reader)
    if n_jobs == 1:
        name = _name(lazy, options)
        yield from (judge(lazy(), [sift(batch, options, name)])[0] for batch in batches)
        return
    worker = _Worker(lazy, options, _name(lazy, options))
    tasks = (_Task(path=0, items=tuple(batch)) for batch in batches)
    yield from (outcome.part for outcome in _judged(over_batches(worker, tasks, n_jobs=n_jobs), lazy))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Task:
    """What a process does next: a piece that it reads itself, or messages that were read for it."""

    path: int
    piece: Piece | None = None
    items: tuple[Item, ...] = ()
    error: RefusalError | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Done:
    path: int
    found: Sifted | Part
    error: RefusalError | None


class _Worker:
    """Does tasks in a process of its own: sifts, and judges what passes once that is so much that loading the model pays."""

    def __init__(self, reader: LazyReader, options: Options, model: str) -> None:
        self.reader = reader
        self.options = options
        self.model = model
        self.passed = 0
        self.enough = _WORTH_LOADING

    def __call__(self, task: _Task) -> _Done:
        error = task.piece.error if task.piece else task.error
        rows: list[Row | Mail | None] = []
        try:
            for batch in batches_of(task.piece.items() if task.piece else task.items, _MOST, weigh=_weight, heaviest=_HEAVIEST):
                rows += sift(batch, self.options, self.model).rows
        except RefusalError as fault:
            error = fault
        sifted = Sifted(rows=rows)
        self.passed += len(sifted.passed)
        pays = self.options.thorough or self.passed >= self.enough
        return _Done(path=task.path, found=judge(self.reader(), [sifted])[0] if pays else sifted, error=error)


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


def _judged(done: Iterable[_Done], reader: LazyReader) -> Iterator[Outcome]:
    """Judge what other processes have sifted, a few tasks at a time."""
    for some in batches_of(done, _TOGETHER):
        sifted = [d.found for d in some if isinstance(d.found, Sifted)]
        parts = iter(judge(reader(), sifted) if sifted else ())
        for d in some:
            yield Outcome(path=d.path, part=d.found if isinstance(d.found, Part) else next(parts), error=d.error)


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
