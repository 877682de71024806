"""Work on items in batches, in this process or in several."""

from __future__ import annotations

import functools
import os
import pathlib
import pickle
import signal
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar, cast

T = TypeVar("T")
S = TypeVar("S")
BATCH = 64  # messages: scikit-learn's vectorizers cost less on many texts at once


def over_batches(work: Callable[[S], T], batches: Iterable[S], *, n_jobs: int = 1, behind: bool = False) -> Iterator[T]:
    """Return what `work` returns for each batch, in order and lazily; other processes begin at once.

    Parameters
    ----------
    work : callable
        Takes one of `batches`; must be picklable where `n_jobs` is not 1.
    batches : iterable
        What is done at once.
    n_jobs : int
        Processes; 1 works in this one, -1 takes every core.
    behind : bool
        Other processes run at low priority, for a caller who has much to do meanwhile and for whom they would only wait.

    """
    if n_jobs == 1:
        return map(work, batches)
    found = _in_processes(work, batches, n_jobs, behind)
    next(found)
    return found


def _in_processes(work: Callable[[S], T], batches: Iterable[S], n_jobs: int, behind: bool) -> Iterator[T]:
    """As `over_batches`; the first item stands for "begun"."""
    from joblib import Parallel, delayed

    run = Parallel(n_jobs=n_jobs, return_as="generator", pre_dispatch="2*n_jobs", batch_size=1)
    with tempfile.TemporaryDirectory(prefix="refusal-nlp-") as folder:
        # A model has megabytes: it goes to each process once and not with every batch.
        place = pathlib.Path(folder) / "work.pickle"
        place.write_bytes(pickle.dumps(work))
        results = run(delayed(_run)(place, batch, behind) for batch in batches)
        try:
            yield cast(T, None)
            yield from results
        finally:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # joblib counts what is thrown away where the caller stops early, as after Ctrl-C
                results.close()
            if behind:
                end_processes()  # a process cannot raise its priority again


def end_processes() -> None:
    """End the processes that joblib keeps for the next time: it takes one that grows by a model, after work without it, for a leak."""
    from joblib.externals.loky import get_reusable_executor

    get_reusable_executor().shutdown(wait=True)


def batches_of(items: Iterable[S], most: int = BATCH, *, weigh: Callable[[S], int] | None = None, heaviest: int = 0) -> Iterator[list[S]]:
    """Cut items into lists.

    Parameters
    ----------
    items : iterable
    most : int
        Items in a list.
    weigh : callable, optional
        Weight of an item; a list ends with the item that brings it to `heaviest`.
    heaviest : int

    """
    batch: list[S] = []
    weight = 0
    for item in items:
        batch.append(item)
        weight += weigh(item) if weigh else 0
        if len(batch) >= most or (weigh and weight >= heaviest):
            yield batch
            batch, weight = [], 0
    if batch:
        yield batch


def _run(place: pathlib.Path, batch: Any, behind: bool) -> Any:
    return _loaded(place, behind)(batch)


@functools.lru_cache(maxsize=1)
def _loaded(place: pathlib.Path, behind: bool) -> Callable[[Any], Any]:
    if behind and hasattr(os, "nice"):
        os.nice(19)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process of a terminal; the first one ends the others
    work: Callable[[Any], Any] = pickle.loads(place.read_bytes())  # noqa: S301 - written by the parent process into a folder of its own
    return work
