"""Work on messages in batches, in this process or in several."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

from refusal_nlp.types import Mail

T = TypeVar("T")
BATCH = 64  # messages: scikit-learn's vectorizers cost less on many texts at once


def over_batches(work: Callable[[list[Mail]], list[T]], mails: Iterable[Mail], *, n_jobs: int = 1) -> Iterator[T]:
    """Yield what `work` returns for batches of messages, in order and lazily.

    Parameters
    ----------
    work : callable
        Takes a list of messages, returns a list; must be picklable where `n_jobs` is not 1.
    mails : iterable of Mail
    n_jobs : int
        Processes; 1 works in this one, -1 takes every core.

    """
    batches = _batches(mails)
    if n_jobs == 1:
        for batch in batches:
            yield from work(batch)
        return
    from joblib import Parallel, delayed

    run = Parallel(n_jobs=n_jobs, return_as="generator", pre_dispatch="2*n_jobs")
    for results in run(delayed(work)(batch) for batch in batches):
        yield from results


def _batches(mails: Iterable[Mail]) -> Iterator[list[Mail]]:
    iterator = iter(mails)
    while batch := list(islice(iterator, BATCH)):
        yield batch
