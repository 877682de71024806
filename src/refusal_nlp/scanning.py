"""Many messages: lazily in, rows out, one bad message never ends a scan."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from refusal_nlp.errors import EmptyInputError, RefusalError
from refusal_nlp.mail.read import read_mailbox
from refusal_nlp.parallel import over_batches
from refusal_nlp.reader import RefusalReader
from refusal_nlp.report.rows import row_of
from refusal_nlp.types import Mail

PathLike = str | os.PathLike[str]


def scan_rows(paths: Sequence[PathLike], reader: RefusalReader, *, n_jobs: int = 1) -> Iterator[dict[str, Any]]:
    """Yield a row for each message of the given mailboxes, in order.

    Parameters
    ----------
    paths : sequence of path-like
        Mailboxes, folders or tables.
    reader : RefusalReader
    n_jobs : int
        Processes; 1 works in this one, -1 takes every core.

    Yields
    ------
    dict
        See `refusal_nlp.report.rows.COLUMNS`. A message or file that cannot be read is a row with `error`.

    Raises
    ------
    RefusalError
        Where none of the paths can be read.

    """
    yield from over_batches(partial(read_rows, reader), _mails(paths), n_jobs=n_jobs)


def read_rows(reader: RefusalReader, mails: list[Mail]) -> list[dict[str, Any]]:
    """Return a row for each message; where the batch fails, each message is tried alone."""
    try:
        rows = [row_of(mail, analysis) for mail, analysis in zip(mails, reader.read_batch(mails), strict=True)]
    except Exception as fault:  # one message must not take the rest with it
        if len(mails) == 1:
            return [row_of(mails[0], None, f"not analysed: {type(fault).__name__}: {fault}")]
        return [row for mail in mails for row in read_rows(reader, [mail])]
    # Nothing could be read of these: "not a refusal" would hide them from whoever looks at the refusals alone.
    return [row_of(mail, None) if mail.error and not mail.body.strip() else row for mail, row in zip(mails, rows, strict=True)]


def _mails(paths: Sequence[PathLike]) -> Iterator[Mail]:
    """All messages; with several paths a bad one becomes a row with its error, and only if all are bad an exception."""
    failed: list[RefusalError] = []
    for path in paths:
        try:
            yield from read_mailbox(path)
        except RefusalError as fault:
            failed.append(fault)
            if len(paths) > 1 and not isinstance(fault, EmptyInputError):
                yield Mail(body="", id=str(pathlib.Path(path).name), source=str(path), error=str(fault))
    if failed and len(failed) == len(paths):
        raise failed[0]
