"""Messages to features for training: in several processes, and kept between runs where a folder for that is named."""

from __future__ import annotations

import functools
import hashlib
import os
import pathlib
import warnings
from collections.abc import Callable, Iterator, Sequence

from refusal_nlp.classify import messages_of
from refusal_nlp.errors import OutputError
from refusal_nlp.features import Message
from refusal_nlp.parallel import batches_of, over_batches
from refusal_nlp.types import Mail

Progress = Callable[[int], None]
_PACKAGE = pathlib.Path(__file__).resolve().parent.parent


def prepare(mails: Sequence[Mail], *, n_jobs: int = 1, cache: str | os.PathLike[str] | None = None, progress: Progress | None = None) -> list[Message]:
    """Run the preprocessing pipeline over messages.

    Parameters
    ----------
    mails : sequence of Mail
    n_jobs : int
        Processes; 1 works in this one, -1 takes every core.
    cache : path-like, optional
        Folder in which processed messages are kept for the next run (joblib.Memory). It holds texts of the messages, and pickles: reading
        it can run code, so it is made for its owner alone, and a folder that others may write to is refused.
    progress : callable, optional
        Is told how many messages are done.

    Raises
    ------
    OutputError
        Where the cache cannot be made, or others may write to it.

    """
    work = messages_of if cache is None else _remembered(pathlib.Path(cache))
    made = (message for batch in over_batches(work, batches_of(mails), n_jobs=n_jobs) for message in batch)
    return list(_counted(made, progress))


def _counted(messages: Iterator[Message], progress: Progress | None) -> Iterator[Message]:
    for number, message in enumerate(messages, 1):
        if progress:
            progress(number)
        yield message


def _remembered(folder: pathlib.Path) -> Callable[[list[Mail]], list[Message]]:
    from joblib import Memory

    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        state = folder.stat()
    except OSError as fault:
        raise OutputError(f"{folder}: cannot keep processed messages there: {fault.strerror or fault}") from fault
    if hasattr(os, "getuid") and (state.st_uid != os.getuid() or state.st_mode & 0o022):
        raise OutputError(f"{folder}: others may write to it, and a file of theirs would run as a program; name a folder of your own")
    return functools.partial(_recall, Memory(folder, verbose=0).cache(_messages_at), code_state())


def _recall(stored: Callable[[list[Mail], str], list[Message]], state: str, mails: list[Mail]) -> list[Message]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a damaged entry is made anew; joblib warns of it
        return stored(mails, state)


def _messages_at(mails: list[Mail], state: str) -> list[Message]:  # `state` makes the key differ when rules or code change
    return messages_of(mails)


@functools.cache
def code_state() -> str:
    """Return a digest of the rules and the code that features depend on, and of the version of spaCy: features of another state are not used again."""
    from importlib.metadata import version

    digest = hashlib.sha256(version("spacy").encode())
    for path in sorted([*_PACKAGE.rglob("*.py"), *_PACKAGE.rglob("*.toml")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()
