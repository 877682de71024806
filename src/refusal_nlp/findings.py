"""What is found in a refusal beside its signals and reasons: facts, sensitive wording, notes on it. `refusal_nlp.types` has all types in one place."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Field = Literal["body", "subject", "sender"]


class Stage(StrEnum):
    """How far an application had come, as far as the refusal tells."""

    APPLIED = "applied"
    TESTED = "tested"
    INTERVIEWED = "interviewed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """Where a fact was found; ``text_of_field[start:end] == quote``, half-open, in characters."""

    kind: Literal["company", "role", "contact", "stage", "date"]
    quote: str
    start: int
    end: int
    field: Field = "body"


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """Who wrote, about which post; empty rather than wrong.

    Attributes
    ----------
    company, role, contact : str or None
        White space and trailing marks taken off.
    stage : Stage or None
        None where the message does not tell.
    date : datetime.date or None
        Of the Date header, else of a line in the letter that is a date.
    found : tuple of Fact
        The words that carry each fact; a date from the header has none.

    """

    company: str | None = None
    role: str | None = None
    contact: str | None = None
    stage: Stage | None = None
    date: dt.date | None = None
    found: tuple[Fact, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Sensitive:
    """Wording that touches a protected ground; ``body[start:end] == quote``, half-open, in characters.

    Attributes
    ----------
    kind : {"stated", "proxy"}
        ``stated``: a reason that names the ground; ``proxy``: words that may stand for one and usually mean what they say.
    ground : str
        In plain words: "age", "religion or belief".

    """

    kind: Literal["stated", "proxy"]
    ground: str
    quote: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LegalNote:
    """What the law of a region says: information, not advice.

    Attributes
    ----------
    region, text, source : str
    seen : str
        Year and month in which the note was last held against its source.

    """

    region: str
    text: str
    source: str
    seen: str
