"""A scan spread over the workers of a Dask cluster: files and byte ranges of large ones out, rows in, whatever becomes of a worker meanwhile."""

from __future__ import annotations

import contextlib
import pathlib
import pickle
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from refusal_nlp.errors import EmptyInputError, InputError, MissingExtraError, RefusalError
from refusal_nlp.mail.fast import RawMail
from refusal_nlp.mail.read import KNOWN, Source, ranges, read_source, sources
from refusal_nlp.reader import RefusalReader
from refusal_nlp.scanning import DEFAULT, Part, PathLike, error_item, read_items_in_parts

_PIECE = 32_000_000  # bytes of one task: seconds of work, so that little is done twice after the loss of a worker
_FILES = 500  # small files of one task
_AHEAD = 4  # tasks for each thread of the cluster that wait or have waited: what comes out of turn is held in memory
_RETRIES = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """What one task reads: some files of one path, or an error in their place."""

    path: int
    sources: tuple[Source, ...]
    error: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What came of a piece: its rows, and why the rest of it could not be read."""

    part: Part
    error: str | None


def scan_distributed(paths: Sequence[PathLike], reader: RefusalReader, *, n_jobs: int = 1) -> Iterator[dict[str, Any]]:
    """Yield the rows of `refusal_nlp.scanning.scan_rows`, in its order, made by a Dask cluster.

    Parameters
    ----------
    paths : sequence of path-like
        Mailboxes, folders or tables; all workers must find the same files under these paths.
    reader : RefusalReader
    n_jobs : int
        Processes of a cluster on this machine, -1 for every core; without effect where a Dask client is active.

    Raises
    ------
    MissingExtraError
        Where Dask is not installed.
    InputError
        Where none of the paths can be read.
    RefusalError
        Where a piece was lost with its worker again and again.

    """
    try:
        import distributed
    except ImportError as fault:
        raise MissingExtraError("scanning with Dask", "dask") from fault

    faults: dict[int, str] = {}
    read = [0] * len(paths)
    with _client(distributed, n_jobs) as client:
        for piece, outcome in _outcomes(distributed, client, reader, _pieces(paths)):
            read[piece.path] += outcome.part.read
            yield from outcome.part.rows
            if outcome.error is not None:
                faults[piece.path] = outcome.error
                if len(paths) > 1:
                    yield from read_items_in_parts([error_item(paths[piece.path], outcome.error)], reader, DEFAULT).__next__().rows
    empty = {i: f"{path}: no message in it; give {KNOWN}" for i, path in enumerate(paths) if not read[i] and i not in faults}
    if paths and len(faults | empty) == len(paths):
        raise InputError(faults[0]) if 0 in faults else EmptyInputError(empty[0])


def _pieces(paths: Sequence[PathLike]) -> Iterator[Piece]:
    """The tasks, lazily: a folder may hold millions of files."""
    for number, path in enumerate(paths):
        some: list[Source] = []
        weight = 0
        try:
            for source in sources(path):
                for cut in ranges(source, _PIECE):
                    some.append(cut)
                    weight += (cut.stop - cut.start) if cut.stop else _size(cut.path)
                    if weight >= _PIECE or len(some) >= _FILES:
                        yield Piece(path=number, sources=tuple(some))
                        some, weight = [], 0
            if some:
                yield Piece(path=number, sources=tuple(some))
        except RefusalError as fault:
            yield Piece(path=number, sources=tuple(some), error=str(fault))


def _size(path: pathlib.Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def read_piece(reader: RefusalReader, piece: Piece) -> Outcome:
    """Do one task, in a worker."""
    rows: list[dict[str, Any]] = []
    read = 0
    error = piece.error
    try:
        items = (item for source in piece.sources for item in read_source(source, RawMail.hold))
        for part in read_items_in_parts(items, reader, DEFAULT):
            rows += part.rows
            read += part.read
    except RefusalError as fault:
        error = str(fault)
    return Outcome(part=Part(rows=rows, read=read), error=error)


@contextlib.contextmanager
def _client(distributed: Any, n_jobs: int) -> Iterator[Any]:
    """The active client, or one of a cluster of processes on this machine that nobody else can reach."""
    try:
        yield distributed.get_client()
        return
    except ValueError:
        pass
    count = distributed.system.CPU_COUNT if n_jobs < 0 else n_jobs
    with (
        distributed.LocalCluster(n_workers=count, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def _outcomes(distributed: Any, client: Any, reader: RefusalReader, pieces: Iterator[Piece]) -> Iterator[tuple[Piece, Outcome]]:
    """Keep the cluster busy and hand out what comes back in the order of the pieces."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Sending large graph")
        # A task and not scattered data: a worker that joins after all others were lost can make it again.
        model = client.submit(pickle.loads, pickle.dumps(reader), pure=False)
    threads = max(1, sum(client.nthreads().values()))
    running: dict[Any, int] = {}
    order: dict[int, Piece] = {}
    done: dict[int, Outcome] = {}
    completed = distributed.as_completed(raise_errors=False)
    next_one = 0
    for number, piece in enumerate(pieces):
        order[number] = piece
        future = client.submit(read_piece, model, piece, pure=False, retries=_RETRIES)
        running[future] = number
        completed.add(future)
        while len(order) >= _AHEAD * threads:
            _collect(completed, running, order, done)
            while next_one in done:
                yield order.pop(next_one), done.pop(next_one)
                next_one += 1
    while order:
        while next_one not in done:
            _collect(completed, running, order, done)
        yield order.pop(next_one), done.pop(next_one)
        next_one += 1


def _collect(completed: Any, running: dict[Any, int], order: dict[int, Piece], done: dict[int, Outcome]) -> None:
    """Wait for the next task that ends."""
    future = next(completed)
    number = running.pop(future)
    if future.status != "finished":
        what = ", ".join(str(source.path) for source in order[number].sources[:3])
        raise RefusalError(f"{what}: lost with its worker again and again: {future.exception()!r}")
    done[number] = future.result()
