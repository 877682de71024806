"""Labelled quotes, and pairs of sentences written for the purpose, to the model of stated reasons."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from refusal_nlp.classify import messages_of
from refusal_nlp.errors import DataError, MissingFileError
from refusal_nlp.features import Message
from refusal_nlp.mail import table
from refusal_nlp.reason_model import CODES, ReasonModel, Stated, describe_all
from refusal_nlp.reason_rules import matches_by_sentence
from refusal_nlp.spans import Span, overlaps
from refusal_nlp.training.data import Example, locate
from refusal_nlp.types import Label, ReasonCode

PAIR_WEIGHT = 2.0  # of a sentence of a pair beside one of a message
_TOLD_PROFILE, _TOLD_WEIGHT = "explained", 4.0  # letters written to say why count more than they do for the label: no form says it in their words
_LEAST_QUOTES = 200  # fewer labelled reasons teach less than the rules know


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """A sentence that states reasons, and a twin in nearly the same words that states none.

    Attributes
    ----------
    text, twin : str
    reasons : tuple of (ReasonCode, str)
        Code and words of each reason stated in `text`.
    author : str

    """

    text: str
    twin: str
    reasons: tuple[tuple[ReasonCode, str], ...]
    author: str


def read_pairs(path: str | os.PathLike[str]) -> list[Pair]:
    """Read pairs of sentences: JSON Lines of `text, twin, reasons, author`, reasons as lists of [code, quote].

    Raises
    ------
    MissingFileError
        Where nothing is there.
    DataError
        Where a line breaks the format, or a quote does not stand in its sentence.

    """
    place = pathlib.Path(path)
    if not place.is_file():
        raise MissingFileError(f"{place}: no such file")
    out = []
    for number, row in enumerate(table.records(place), 1):
        try:
            reasons = tuple((ReasonCode(code), str(quote)) for code, quote in row["reasons"])
            pair = Pair(text=str(row["text"]), twin=str(row["twin"]), reasons=reasons, author=str(row["author"]))
        except (KeyError, ValueError, TypeError) as fault:
            raise DataError(f"{place}: row {number} needs `text`, `twin`, `author` and `reasons` of [code, quote]: {fault}") from fault
        if not reasons or any(locate(quote, pair.text) is None for _, quote in reasons):
            raise DataError(f"{place}: row {number}: a quote does not stand in its sentence")
        out.append(pair)
    return out


def fit_reasons(messages: Sequence[Message], examples: Sequence[Example], weight: Sequence[float], pairs: Sequence[Pair] = ()) -> ReasonModel | None:
    """Fit the model of stated reasons; None where too few are labelled.

    Parameters
    ----------
    messages, examples : sequences of equal length
        Only refusals count, since reasons are looked for in them alone; those without quotes of reasons are left out.
    weight : sequence of float
        Of each message.
    pairs : sequence of Pair

    """
    rows = _Rows()
    for message, example, share in zip(messages, examples, weight, strict=True):
        if example.label is not Label.NOT_REFUSAL and example.reasons is not None:
            quotes = [(ReasonCode(q.code), q.place) for q in example.reasons if q.place]
            told = _TOLD_WEIGHT if example.profile == _TOLD_PROFILE else 1.0
            rows.add(message, example.mail.body, quotes, weight=share * told, group=example.group, judged=True, unsure=example.optional)
    texts = [(text, pair) for pair in pairs for text in (pair.text, pair.twin)]
    for message, (text, pair) in zip(messages_of([text for text, _ in texts]), texts, strict=True):
        places = [(code, locate(quote, text)) for code, quote in pair.reasons] if text == pair.text else []
        rows.add(message, text, [(code, place) for code, place in places if place], weight=PAIR_WEIGHT, group=pair.author)
    targets = np.array(rows.targets, np.int8).reshape(-1, len(CODES))
    if (targets == 1).sum() < _LEAST_QUOTES:
        return None
    return ReasonModel.fit(
        rows.stated,
        targets,
        weight=np.array(rows.weight),
        groups=rows.groups,
        messages=np.array(rows.messages, np.intp),
        judged=np.array(rows.judged, bool),
    )


class _Rows:
    """Sentences collected for the model, in parallel lists."""

    def __init__(self) -> None:
        self.stated: list[Stated] = []
        self.targets: list[list[int]] = []
        self.weight: list[float] = []
        self.groups: list[str] = []
        self.messages: list[int] = []
        self.judged: list[bool] = []

    def add(
        self,
        message: Message,
        body: str,
        quotes: Sequence[tuple[ReasonCode, Span]],
        *,
        weight: float,
        group: str,
        judged: bool = False,
        unsure: frozenset[str] = frozenset(),
    ) -> None:
        """Take in the sentences of a message."""
        number = self.messages[-1] + 1 if self.messages else 0
        matches = matches_by_sentence(message.sentences, body, message.blocked)
        for sentence, stated in zip(message.sentences, describe_all(message.sentences, body, matches), strict=True):
            codes = {code for code, place in quotes if overlaps(place, (sentence.start, sentence.end))}
            self.stated.append(stated)
            self.targets.append([1 if code in codes else -1 if code in unsure else 0 for code in CODES])
            self.weight.append(weight)
            self.groups.append(group)
            self.messages.append(number)
            self.judged.append(judged)
