"""A scan spread over the workers of a Dask cluster: files and byte ranges of large ones out, rows in, whatever becomes of a worker meanwhile."""

from __future__ import annotations

import contextlib
import pickle
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

from refusal_nlp.cascade import DEFAULT, Part, PathLike
from refusal_nlp.errors import MissingExtraError, RefusalError
from refusal_nlp.pieces import Outcome, Piece, parts_of, pieces, place_of
from refusal_nlp.reader import RefusalReader
from refusal_nlp.scanning import read_items_in_parts

_PIECE = 32_000_000  # bytes of one task: seconds of work, so that little is done twice after the loss of a worker
_AHEAD = 4  # tasks for each thread of the cluster that wait or have waited: what comes out of turn is held in memory
_RETRIES = 3


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

    with _client(distributed, n_jobs) as client:
        for part in parts_of(paths, _outcomes(distributed, client, reader, pieces(paths, _PIECE))):
            yield from part.rows


def read_piece(reader: RefusalReader, piece: Piece) -> Outcome:
    """Do one task, in a worker."""
    rows: list[dict[str, Any]] = []
    read = 0
    error = piece.error
    try:
        for part in read_items_in_parts(piece.items(), reader, DEFAULT):
            rows += part.rows
            read += part.read
    except RefusalError as fault:
        error = fault
    return Outcome(path=piece.path, part=Part(rows=rows, read=read), error=error)


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


def _outcomes(distributed: Any, client: Any, reader: RefusalReader, pieces: Iterator[Piece]) -> Iterator[Outcome]:
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
                order.pop(next_one)
                yield done.pop(next_one)
                next_one += 1
    while order:
        while next_one not in done:
            _collect(completed, running, order, done)
        order.pop(next_one)
        yield done.pop(next_one)
        next_one += 1


def _collect(completed: Any, running: dict[Any, int], order: dict[int, Piece], done: dict[int, Outcome]) -> None:
    """Wait for the next task that ends."""
    future = next(completed)
    number = running.pop(future)
    if future.status != "finished":
        raise RefusalError(f"{place_of(order[number])}: lost with its worker again and again: {future.exception()!r}")
    done[number] = future.result()
