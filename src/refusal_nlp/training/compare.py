"""Before and after: an old and a new model on the same messages, none of which the judging model has seen."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from refusal_nlp.calibration import Floats
from refusal_nlp.classify import LABELS, RefusalClassifier
from refusal_nlp.features import Message
from refusal_nlp.training import metrics
from refusal_nlp.training.data import Example
from refusal_nlp.types import Mail

# How much a model for one mailbox may lose on the shipped messages, as a share of them: half a point in a hundred.
ALLOWED_LOSS = 0.005
OWN, SHIPPED = "your messages", "shipped test groups"
_SHOWN = 40  # changed messages on screen; all of them are stored
Verdicts = Mapping[str, Sequence[float]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """One model on one set of messages; intervals are 95 % bootstrap intervals over whole groups.

    Attributes
    ----------
    accuracy : float
        Share of messages with the right one of the four labels.
    gate_f1, kind_accuracy : float
        Refusal or not; share of the true refusals with the right kind.

    """

    accuracy: float
    accuracy_interval: tuple[float, float]
    gate_f1: float
    gate_f1_interval: tuple[float, float]
    kind_accuracy: float
    kind_interval: tuple[float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A message that the two models label differently."""

    id: str
    label: str
    before: str
    after: str

    @property
    def effect(self) -> str:
        """``better``, ``worse`` or ``neither`` (both wrong)."""
        return "better" if self.after == self.label else "worse" if self.before == self.label else "neither"


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Both models on one set; `gain` is the difference in accuracy, new less old, with its interval."""

    name: str
    messages: int
    before: Figures
    after: Figures
    gain: float
    gain_interval: tuple[float, float]
    changes: tuple[Change, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """What `compare` measured; `old` and `new` are names of models."""

    old: str
    new: str
    parts: tuple[Part, ...]

    def worse(self) -> list[str]:
        """Say where the new model is worse: on the user's own messages at all, on shipped ones by more than `ALLOWED_LOSS`."""
        out = []
        for part in self.parts:
            allowed = ALLOWED_LOSS if part.name == SHIPPED else 0.0
            if part.gain < -allowed - 1e-12:
                out.append(f"{part.name}: {part.after.accuracy:.1%} right labels instead of {part.before.accuracy:.1%}")
        return out

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return asdict(self)

    def lines(self) -> list[str]:
        """Return the figures and the changed messages as lines of text."""
        out = []
        for part in self.parts:
            out += ["", f"{part.name} ({part.messages}){'':4}{'before: ' + self.old:>30}{'after: ' + self.new:>34}"]
            for title, figure, interval in (
                ("right label", "accuracy", "accuracy_interval"),
                ("refusal or not, F1", "gate_f1", "gate_f1_interval"),
                ("kind, accuracy", "kind_accuracy", "kind_interval"),
            ):
                sides = [f"{getattr(s, figure):.3f} ({getattr(s, interval)[0]:.3f} to {getattr(s, interval)[1]:.3f})" for s in (part.before, part.after)]
                out.append(f"  {title:22}" + "".join(f"{side:>32}" for side in sides))
            low, high = part.gain_interval
            out.append(f"  gain {part.gain:+.3f} ({low:+.3f} to {high:+.3f}), {len(part.changes)} messages changed sides")
            out += [f"    {c.effect:8}{c.id}: {c.before} -> {c.after}, labelled {c.label}" for c in part.changes[:_SHOWN]]
            if len(part.changes) > _SHOWN:
                out.append(f"    ... and {len(part.changes) - _SHOWN} more, see metrics.json")
        return out


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """Messages with what the new model says of them without having seen them: probabilities, shape (n_messages, 4), in the order of `LABELS`."""

    examples: Sequence[Example]
    messages: Sequence[Message]
    after: Floats


def compare(old: RefusalClassifier, old_verdicts: Verdicts, sets: Mapping[str, Judged], *, names: tuple[str, str]) -> Comparison:
    """Compare an old model with a new one.

    Parameters
    ----------
    old : RefusalClassifier
    old_verdicts : mapping of str to 4 probabilities
        What the old model's cross-validation said of the messages that it was trained on, by `fingerprint`; these stand in for its
        judgement, since it has seen those messages.
    sets : mapping of str to Judged
    names : (str, str)
        Of the old and the new model.

    """
    parts = []
    for name, judged in sets.items():
        if not judged.examples:
            continue
        before = np.array([v.probabilities for v in old.judge(judged.messages)])
        for row, example in enumerate(judged.examples):
            if stored := old_verdicts.get(fingerprint(example.mail)):
                before[row] = stored
        parts.append(_part(name, judged.examples, _labels(before), _labels(judged.after)))
    return Comparison(old=names[0], new=names[1], parts=tuple(parts))


def fingerprint(mail: Mail) -> str:
    """Return a digest of subject and body that survives changes of case and white space."""
    text = "\n".join(" ".join((field or "").casefold().split()) for field in (mail.subject, mail.body))
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def verdicts_of(examples: Sequence[Example], chances: Floats) -> dict[str, list[float]]:
    """Return what the cross-validation said of each message, by `fingerprint`."""
    return {fingerprint(e.mail): [round(float(p), 4) for p in row] for e, row in zip(examples, chances, strict=True)}


def _labels(chances: Floats) -> list[str]:
    return [str(LABELS[i]) for i in chances.argmax(axis=1)]


def _part(name: str, examples: Sequence[Example], before: list[str], after: list[str]) -> Part:
    truth, groups = [str(e.label) for e in examples], [e.group for e in examples]
    gains = [(a == t) - (b == t) for t, b, a in zip(truth, before, after, strict=True)]
    rows = zip(examples, truth, before, after, strict=True)
    return Part(
        name=name,
        messages=len(examples),
        before=_figures(truth, before, groups),
        after=_figures(truth, after, groups),
        gain=sum(gains) / len(gains),
        gain_interval=metrics.interval(lambda t, g: _accuracy(t, [x[1] for x in g]) - _accuracy(t, [x[0] for x in g]), truth, _pairs(before, after), groups),
        changes=tuple(Change(id=e.mail.id, label=t, before=b, after=a) for e, t, b, a in rows if a != b),
    )


def _pairs(before: list[str], after: list[str]) -> Any:
    return list(zip(before, after, strict=True))


def _figures(truth: list[str], guess: list[str], groups: list[str]) -> Figures:
    return Figures(
        accuracy=_accuracy(truth, guess),
        accuracy_interval=metrics.interval(_accuracy, truth, guess, groups),
        gate_f1=metrics.gate_score(truth, guess).f1,
        gate_f1_interval=metrics.interval(lambda t, g: metrics.gate_score(t, g).f1, truth, guess, groups),
        kind_accuracy=metrics.kind_accuracy(truth, guess),
        kind_interval=metrics.interval(metrics.kind_accuracy, truth, guess, groups),
    )


def _accuracy(truth: Sequence[str], guess: Sequence[str]) -> float:
    return sum(a == b for a, b in zip(truth, guess, strict=True)) / len(truth)
