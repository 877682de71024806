"""The types that other people see: plain, frozen, without behaviour beyond turning themselves into JSON."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Literal


class Label(StrEnum):
    """What a message is: no refusal, or one of three kinds of refusal."""

    NOT_REFUSAL = "not_refusal"
    CATEGORICAL = "categorical"
    EVASIVE = "evasive"
    KEPT_ON_FILE = "kept_on_file"


REFUSALS = (Label.CATEGORICAL, Label.EVASIVE, Label.KEPT_ON_FILE)
MODEL_LANGUAGE = "en"  # what the rules and the labelled messages are written in


class SignalCode(StrEnum):
    """What a passage of a refusal does; see docs/labels.md."""

    DECISION = "decision"
    HEDGE = "hedge"
    RETENTION = "retention"
    FUTURE_CONTACT = "future_contact"
    REAPPLY = "reapply"
    FEEDBACK_GIVEN = "feedback_given"
    FEEDBACK_OFFERED = "feedback_offered"
    FEEDBACK_DECLINED = "feedback_declined"
    INTERVIEWED = "interviewed"
    NO_REPLY = "no_reply"


class ReasonCode(StrEnum):
    """What a refusal is put down to; see docs/labels.md."""

    EXPERIENCE = "experience"
    OVERQUALIFIED = "overqualified"
    SKILLS = "skills"
    EDUCATION = "education"
    LANGUAGE = "language"
    SALARY = "salary"
    FIT = "fit"
    MOTIVATION = "motivation"
    PREPARATION = "preparation"
    ASSESSMENT = "assessment"
    DISCREPANCY = "discrepancy"
    CONDUCT = "conduct"
    LOCATION = "location"
    WORK_PERMIT = "work_permit"
    AVAILABILITY = "availability"
    APPLICATION = "application"
    REQUIREMENTS = "requirements"
    OTHER_CANDIDATE = "other_candidate"
    INTERNAL_CANDIDATE = "internal_candidate"
    FILLED = "filled"
    CANCELLED = "cancelled"
    VOLUME = "volume"
    PROTECTED = "protected"

    @property
    def side(self) -> Side:
        """Whom the reason is about."""
        if self is ReasonCode.PROTECTED:
            return "protected"
        return "employer" if self in _EMPLOYER_SIDE else "candidate"


Side = Literal["candidate", "employer", "protected"]
Field = Literal["body", "subject", "sender"]
_EMPLOYER_SIDE = frozenset({ReasonCode.OTHER_CANDIDATE, ReasonCode.INTERNAL_CANDIDATE, ReasonCode.FILLED, ReasonCode.CANCELLED, ReasonCode.VOLUME})


class Advice(StrEnum):
    """Whether to write, and what for."""

    ASK = "ask"
    ASK_GENERAL = "ask_general"
    THANK_ONLY = "thank_only"
    DO_NOT_WRITE = "do_not_write"


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """One message as it was found.

    Attributes
    ----------
    body : str
        The readable text, untouched but for its decoding; HTML already turned into text.
    id : str
        The Message-ID, the table's `id`, or a digest of the message.
    subject, sender : str or None
        Decoded headers; None where the source has none.
    date : datetime.datetime or None
        Aware, in the zone that the header names.
    source : str
        The file the message came from.
    error : str or None
        Why the message could not be read in full.
    outgoing : bool
        Whether the owner of the mailbox wrote it: sent mail and drafts. Such a message is never called a refusal.

    """

    body: str
    id: str = ""
    subject: str | None = None
    sender: str | None = None
    date: dt.datetime | None = None
    source: str = ""
    error: str | None = None
    outgoing: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Signal:
    """A passage that does something; ``text_of_field[start:end] == quote``, half-open, in characters."""

    code: SignalCode
    quote: str
    start: int
    end: int
    field: Field = "body"
    score: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """A stated reason; ``text_of_field[start:end] == quote``, half-open, in characters."""

    code: ReasonCode
    side: Side
    quote: str
    start: int
    end: int
    rule: str
    confidence: float
    field: Field = "body"


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUp:
    """Whether to answer a refusal, and a draft where it makes sense.

    Attributes
    ----------
    advice : Advice
        What to do.
    why : str
        One plain sentence for the person who received the refusal.
    question, subject, body : str or None
        The draft: one question, the subject line, the whole reply. None where the advice is not to write; `question` also for `thank_only`.

    """

    advice: Advice
    why: str
    question: str | None = None
    subject: str | None = None
    body: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """Who wrote, about which post; empty rather than wrong."""

    company: str | None = None
    role: str | None = None
    contact: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Analysis:
    """What one message turned out to be.

    Attributes
    ----------
    label : Label
        The likeliest label.
    probabilities : dict[Label, float]
        Calibrated, each in [0, 1], sum 1.
    needs_review : bool
        True where the model would rather have a person look.
    signals, reasons : tuple
        In the order of the text; empty for a message that is no refusal.
    follow_up : FollowUp or None
        None for a message that is no refusal.
    facts : Facts
        Company, role and contact, where they can be told.
    model : str
        Name and version of the model that judged.
    language : str or None
        ISO 639-1 code of the language; None where there is too little text to tell. The models know English: a message in another language
        is never judged with confidence, its probability of being no refusal is 0.5.

    """

    label: Label
    probabilities: dict[Label, float]
    needs_review: bool
    signals: tuple[Signal, ...] = ()
    reasons: tuple[Reason, ...] = ()
    follow_up: FollowUp | None = None
    facts: Facts = field(default_factory=Facts)
    model: str = ""
    language: str | None = None

    @property
    def in_other_language(self) -> bool:
        """Whether the message is in a language that the models do not know: then it was not judged."""
        return self.language not in {None, MODEL_LANGUAGE}

    @property
    def is_refusal(self) -> bool:
        """Whether the label is one of the three kinds of refusal."""
        return self.label is not Label.NOT_REFUSAL

    @property
    def confidence(self) -> float:
        """Calibrated probability of the label, in [0, 1]."""
        return self.probabilities[self.label]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types, the derived values included."""
        out = asdict(self)
        out["probabilities"] = {str(k): v for k, v in self.probabilities.items()}
        out["is_refusal"], out["confidence"] = self.is_refusal, self.confidence
        return {k: list(v) if isinstance(v, tuple) else v for k, v in out.items()}
