"""Rows to data frames of pandas with a type for every column, and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from refusal_nlp.errors import FormatError
from refusal_nlp.report.results import row_from
from refusal_nlp.report.rows import COLUMNS, flat
from refusal_nlp.types import Advice, Label, Mail

if TYPE_CHECKING:
    import pandas as pd

# What a message brings with it; a frame of texts has its own columns for these.
OF_MESSAGE = ("source", "id", "date", "sender", "subject")


def to_frame(rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """Return rows as a tidy frame.

    Parameters
    ----------
    rows : iterable of dict
        See `refusal_nlp.report.rows.row_of`.

    Returns
    -------
    pandas.DataFrame
        The columns of `COLUMNS`: `date` as datetimes in UTC, `label` and `advice` as categoricals with all their values in the order of `Label` and
        `Advice`, `source`, `language` and `model` as categoricals, `needs_review` as nullable booleans, probabilities as floats, everything else as
        nullable strings; codes and quotes joined as in the flat tables.

    """
    import pandas as pd

    frame = pd.DataFrame([flat(row) for row in rows], columns=list(COLUMNS))
    frame["date"] = pd.to_datetime(frame["date"], utc=True, errors="coerce", format="ISO8601").astype("datetime64[us, UTC]")
    kinds: dict[str, Any] = {name: "float64" for name in COLUMNS if name == "confidence" or name.startswith("p_")}
    kinds |= {"needs_review": "boolean"} | dict.fromkeys(("source", "language", "model"), "category")
    kinds |= {"label": pd.CategoricalDtype([str(label) for label in Label]), "advice": pd.CategoricalDtype([str(advice) for advice in Advice])}
    return frame.astype({name: kinds.get(name, "string") for name in COLUMNS if name != "date"})


def from_frame(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the rows of a frame that `to_frame` made, or of a part of one; a column that is not there is None.

    Raises
    ------
    ValueError
        On a label or code that does not exist.

    """
    plain = frame.astype(object).where(frame.notna(), None)
    for record in plain.to_dict("records"):
        values: dict[str, Any] = {str(name): value for name, value in record.items()}
        date = values.get("date")
        yield row_from(values | {"date": date.isoformat() if isinstance(date, dt.datetime) else date})


def mails_of(data: pd.DataFrame | pd.Series[str], *, text: str, subject: str | None, sender: str | None) -> Iterator[Mail]:
    """Yield a `Mail` for each row, in order; one without text has an `error`.

    Parameters
    ----------
    data : pandas.DataFrame or pandas.Series
        A series holds the texts themselves.
    text, subject, sender : str or None
        Columns of the frame.

    Raises
    ------
    FormatError
        Where a column is not there, or stands there twice.

    """
    columns = [_column(data, name) for name in (text, subject, sender)] if data.ndim > 1 else [list(data), None, None]
    bodies, *headers = columns
    subjects, senders = (header or [None] * len(data) for header in headers)
    for body, title, author in zip(bodies or [], subjects, senders, strict=True):
        missing = not isinstance(body, str) or not body.strip()
        yield Mail(body="" if missing else body, subject=_words(title), sender=_words(author), error="no text" if missing else None)


def _column(frame: Any, name: str | None) -> list[Any] | None:
    if name is None:
        return None
    if list(frame.columns).count(name) != 1:
        there = ", ".join(map(str, frame.columns))
        raise FormatError(f"the data frame needs one column {name!r}; it has {there or 'none'}")
    return list(frame[name])


def _words(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
