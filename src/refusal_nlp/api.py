"""The functions of the public interface, over the default model or one of your own."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from refusal_nlp import store
from refusal_nlp.followup import read_templates
from refusal_nlp.mail.read import read_mailbox
from refusal_nlp.reader import RefusalReader
from refusal_nlp.resources import find
from refusal_nlp.types import Analysis, Mail

if TYPE_CHECKING:
    import pandas as pd

    from refusal_nlp.report.summary import Summary
    from refusal_nlp.training.evaluation import Evaluation
    from refusal_nlp.training.train import TrainingRun

__all__ = ["analyze", "classify_frame", "evaluate", "load", "read_mailbox", "scan", "summarize", "train"]

PathLike = str | os.PathLike[str]


def analyze(text: str, *, subject: str | None = None, sender: str | None = None, legal_notes: bool = True) -> Analysis:
    """Analyse one message with the default model, which is loaded once.

    Parameters
    ----------
    text : str
        The body of the message; offsets in the result are into it.
    subject, sender : str, optional
        Headers, where known; they make the verdict and the advice better.
    legal_notes : bool
        Whether sensitive wording is marked and the law on it noted (information, not advice).

    Examples
    --------
    >>> import refusal_nlp
    >>> a = refusal_nlp.analyze("Thank you for applying. We have decided to offer the job to another applicant.")
    >>> a.is_refusal
    True

    """
    analysis = _default().read(Mail(body=text, subject=subject, sender=sender))
    return analysis if legal_notes else replace(analysis, sensitive=(), legal_notes=())


def load(path: PathLike | None = None, *, templates: PathLike | None = None, legal_notes: bool = True) -> RefusalReader:
    """Load a model folder; without a path the default model.

    Parameters
    ----------
    path : path-like, optional
        A model folder.
    templates : path-like, optional
        A TOML file with wording of your own for the suggested replies, see docs/follow-up.md.
    legal_notes : bool
        Whether sensitive wording is marked and the law on it noted (information, not advice).

    Raises
    ------
    ModelError
        Where the folder is no model, is damaged, or belongs to another version.
    LexiconError, InputError
        Where the templates break their form or cannot be read; the message names the place.

    """
    wording = None if templates is None else read_templates(templates)
    reader = store.load(find("models", "default") if path is None else path)
    reader.wording, reader.legal_notes = wording, legal_notes
    return reader


def scan(
    paths: PathLike | Sequence[PathLike], *, n_jobs: int = 1, reader: RefusalReader | None = None, engine: Literal["joblib", "dask"] = "joblib"
) -> pd.DataFrame:
    """Read mailboxes and return a table, a row a message.

    Parameters
    ----------
    paths : path-like or sequence of path-like
        Mailboxes, folders or tables, see `read_mailbox`.
    n_jobs : int
        Processes; -1 takes every core.
    reader : RefusalReader, optional
        Default: the default model.
    engine : {"joblib", "dask"}
        What spreads the work. "dask" takes the Dask client that is active, on one machine or many that see the same files, and else starts a
        local cluster of `n_jobs` processes; it survives the loss of a worker. Needs the extra ``[dask]``.

    Returns
    -------
    pandas.DataFrame
        Typed columns, see `refusal_nlp.report.frames.to_frame`.

    Raises
    ------
    InputError
        Where none of the paths can be read.
    MissingExtraError
        Where Dask is not installed.

    """
    from refusal_nlp.distributed import scan_distributed
    from refusal_nlp.report.frames import to_frame
    from refusal_nlp.scanning import scan_rows

    places = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
    spread = scan_distributed if engine == "dask" else scan_rows
    return to_frame(spread(places, reader or _default(), n_jobs=n_jobs))


def classify_frame(
    data: pd.DataFrame | pd.Series[str],
    *,
    text: str = "text",
    subject: str | None = None,
    sender: str | None = None,
    n_jobs: int = 1,
    reader: RefusalReader | None = None,
) -> pd.DataFrame:
    """Classify the texts of a data frame or of a series.

    Parameters
    ----------
    data : pandas.DataFrame or pandas.Series
        A message a row; a series holds the texts themselves.
    text, subject, sender : str
        The columns that hold the body and, where there are such, the headers.
    n_jobs : int
        Processes; -1 takes every core.
    reader : RefusalReader, optional
        Default: the default model.

    Returns
    -------
    pandas.DataFrame
        The index of `data`, row for row, and the typed columns of `scan` that are results, so that ``pandas.concat([data, found], axis=1)`` puts both
        side by side. A cell without text has a missing label and an `error`.

    Raises
    ------
    FormatError
        Where a column is not there.

    Examples
    --------
    >>> import pandas as pd
    >>> import refusal_nlp
    >>> texts = pd.Series(["The post has been filled.", "Your parcel is here."], index=["a", "b"])
    >>> refusal_nlp.classify_frame(texts)["label"].to_dict()
    {'a': 'categorical', 'b': 'not_refusal'}

    """
    from refusal_nlp.cascade import Options
    from refusal_nlp.report.frames import OF_MESSAGE, mails_of, to_frame
    from refusal_nlp.scanning import read_items_in_parts

    mails = mails_of(data, text=text, subject=subject, sender=sender)
    parts = read_items_in_parts(mails, reader or _default(), Options(thorough=True), n_jobs=n_jobs)
    frame = to_frame(row for part in parts for row in part.rows)
    return frame.drop(columns=list(OF_MESSAGE)).set_axis(data.index, axis="index")


def summarize(found: pd.DataFrame | PathLike | Iterable[dict[str, Any]]) -> Summary:
    """Count what a scan found: by kind, reason, side, company and month.

    Parameters
    ----------
    found : pandas.DataFrame, path-like or iterable of dict
        What `scan` or `classify_frame` returned, a table that the command line wrote, or rows.

    Returns
    -------
    Summary
        Its `to_frame` gives the counts as a table, `share_unexplained` the share of refusals that state no reason.

    Raises
    ------
    InputError
        Where a file is no result of a scan.

    """
    from refusal_nlp.report.frames import from_frame
    from refusal_nlp.report.results import read_results
    from refusal_nlp.report.summary import Summary

    if isinstance(found, (str, os.PathLike)):
        rows: Iterable[dict[str, Any]] = read_results(found)
    else:
        import pandas as pd

        rows = from_frame(found) if isinstance(found, pd.DataFrame) else found
    summary = Summary()
    for row in rows:
        summary.add(row)
    return summary


def train(data: PathLike | pd.DataFrame | list[PathLike | pd.DataFrame] | tuple[PathLike | pd.DataFrame, ...], **options: Any) -> TrainingRun:
    """Train a model on labelled messages and compare it with an earlier one.

    Parameters
    ----------
    data : path-like, DataFrame, or list or tuple of these
        Tables with `body` (or `text`) and `label`; optional `id, subject, sender, signals, reasons, group, lang`.
    **options
        ``base="default"`` adds the messages to the shipped ones, ``"none"`` trains on them alone; further `name`, `sentences`, `pairs`, `mapping`,
        `strict`, `against`, `n_jobs`, `cache`, see `refusal_nlp.training.retrain.retrain`.

    Returns
    -------
    TrainingRun
        ``reader``, ``metrics``, ``comparison`` (before and after), ``set_aside`` and ``save(folder)``.

    Raises
    ------
    DataError
        Where the data is faulty or too little; every such row is named.

    """
    from refusal_nlp.training.retrain import retrain

    sources: list[Any] = list(data) if isinstance(data, (list, tuple)) else [data]
    return retrain(sources, **options)


def evaluate(reader: RefusalReader, data: PathLike) -> Evaluation:
    """Measure a reader on labelled messages; see `refusal_nlp.training.evaluation.evaluate_reader`."""
    from refusal_nlp.training.data import read_examples
    from refusal_nlp.training.evaluation import evaluate_reader

    return evaluate_reader(reader, read_examples(data))


@functools.cache
def _default() -> RefusalReader:
    return load()
