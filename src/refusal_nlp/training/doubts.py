"""Labels that may be wrong, each with a named doubt: somebody should look at them again before the model learns from them."""

from __future__ import annotations

import csv
import os
import pathlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from refusal_nlp.calibration import Floats
from refusal_nlp.classify import LABELS
from refusal_nlp.errors import OutputError
from refusal_nlp.features import Message
from refusal_nlp.language import language_of
from refusal_nlp.report.safe import in_cell
from refusal_nlp.training.data import Example
from refusal_nlp.training.groups import near_duplicates
from refusal_nlp.types import MODEL_LANGUAGE, Label

_LEAST_WORDS = 4
_KEEPING = {"retention", "future_contact"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubt:
    """A doubt about the label of one message.

    Attributes
    ----------
    id, label : str
        Of the message.
    name : str
        ``model`` (a model that has not seen the message finds another label far likelier, see `find_doubts`), ``near_duplicate`` (nearly the same text
        carries another label), ``quotes`` (labelled passages contradict the label), ``language`` (not the models' language), ``short`` (hardly any words).
    text : str
        What speaks against the label.
    weight : float
        Probability of the label after the model, in [0, 1], for ``model``; else 0. The most doubtful come first.

    """

    id: str
    label: str
    name: str
    text: str
    weight: float = 0.0

    def __str__(self) -> str:
        return f"{self.id}, labelled {self.label}: {self.text} [{self.name}]"


def find_doubts(examples: Sequence[Example], messages: Sequence[Message], chances: Floats) -> list[Doubt]:
    """List doubtful labels.

    The doubt ``model`` is that of confident learning (Northcutt, Jiang and Chuang 2021) as cleanlab implements it; without cleanlab (the extra
    ``doubts``) it is left out, see `can_ask_model`.

    Parameters
    ----------
    examples : sequence of Example
    messages : sequence of Message
        Their features.
    chances : ndarray of shape (n_messages, 4)
        Probabilities of a model that has not seen the messages, in the order of `LABELS`.

    """
    out = [doubt for example, message in zip(examples, messages, strict=True) for doubt in _alone(example, message)]
    out += _alike(examples)
    if can_ask_model():
        out += _confident(examples, chances)
    return sorted(out, key=lambda d: (d.name != "near_duplicate", d.name != "quotes", d.weight))


def write_doubts(doubts: Sequence[Doubt], path: str | os.PathLike[str]) -> None:
    """Write a table of doubts; raises `OutputError` where it cannot be written."""
    try:
        with pathlib.Path(path).open("w", encoding="utf-8", errors="replace", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["id", "label", "doubt", "text", "weight"])
            writer.writerows([in_cell(v) for v in (d.id, d.label, d.name, d.text, round(d.weight, 4))] for d in doubts)
    except OSError as fault:
        raise OutputError(f"{path}: cannot be written: {fault.strerror or fault}") from fault


def can_ask_model() -> bool:
    """Whether cleanlab is installed."""
    from importlib.util import find_spec

    return find_spec("cleanlab") is not None


def _alone(example: Example, message: Message) -> list[Doubt]:
    out = []
    words = sum(len(s.tokens) for s in message.sentences)
    if words < _LEAST_WORDS and example.label is not Label.NOT_REFUSAL:
        out.append(_doubt(example, "short", f"{words} words of its own are hardly a refusal"))
    if (language := language_of(message, example.mail)) not in {None, MODEL_LANGUAGE}:
        out.append(_doubt(example, "language", f"seems to be in {language!r}; models know {MODEL_LANGUAGE!r} only"))
    codes = {q.code for q in example.signals or ()}
    if example.label is Label.NOT_REFUSAL and (example.reasons or "decision" in codes):
        out.append(_doubt(example, "quotes", "a decision or a reason for a refusal is quoted"))
    elif example.label is Label.KEPT_ON_FILE and example.signals and not codes & _KEEPING:
        out.append(_doubt(example, "quotes", "no passage is quoted that keeps the application or promises contact"))
    elif example.label in {Label.CATEGORICAL, Label.EVASIVE} and codes & _KEEPING:
        out.append(_doubt(example, "quotes", "a passage is quoted that keeps the application or promises contact"))
    elif example.label is Label.EVASIVE and "decision" in codes:
        out.append(_doubt(example, "quotes", "a stated decision is quoted"))
    return out


def _alike(examples: Sequence[Example]) -> list[Doubt]:
    out = []
    for i, j in near_duplicates([e.mail.body for e in examples]):
        for one, other in ((examples[i], examples[j]), (examples[j], examples[i])):
            if one.label != other.label:
                out.append(_doubt(one, "near_duplicate", f"nearly the same as {other.mail.id}, labelled {other.label}"))
    return out


def _confident(examples: Sequence[Example], chances: Floats) -> list[Doubt]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its progress bar, which is not used here: in a notebook that asks for widgets
        from cleanlab.filter import find_label_issues

    given = np.array([LABELS.index(e.label) for e in examples])
    present = sorted(set(given.tolist()))
    if len(present) < 2:
        return []
    share = chances[:, present] / chances[:, present].sum(axis=1, keepdims=True)
    codes = np.searchsorted(present, given)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of a class with a single message it can say nothing
        found = find_label_issues(codes, share, return_indices_ranked_by="self_confidence", n_jobs=1)
    return [_modelled(examples[i], chances[i]) for i in found]


def _modelled(example: Example, row: Floats) -> Doubt:
    best, own = int(row.argmax()), float(row[LABELS.index(example.label)])
    return _doubt(example, "model", f"a model that has not seen it says {LABELS[best]} ({row[best]:.0%}, {own:.0%} for the label)", own)


def _doubt(example: Example, name: str, text: str, weight: float = 0.0) -> Doubt:
    return Doubt(id=example.mail.id, label=str(example.label), name=name, text=text, weight=weight)
