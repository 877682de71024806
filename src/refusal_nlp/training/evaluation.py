"""Measure a reader on labelled messages that it has not seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from refusal_nlp.reader import RefusalReader
from refusal_nlp.training import metrics
from refusal_nlp.training.data import Example, Quoted
from refusal_nlp.training.metrics import Score
from refusal_nlp.types import Analysis, Label


@dataclass(frozen=True, kw_only=True, slots=True)
class Evaluation:
    """What `evaluate_reader` measured.

    Attributes
    ----------
    messages, refusals : int
    gate : Score
        Refusal or not.
    gate_f1_interval, kind_interval : (float, float)
        95 % bootstrap intervals over whole groups.
    kind_accuracy, kind_macro_f1 : float
        Among the true refusals; a missed one counts as wrong.
    calibration_error : float
        Of the confidence, ten bins.
    reviewed : float
        Share of messages marked for review; `unreviewed_accuracy` is the accuracy on the others.
    confusion : dict[str, dict[str, int]]
        Rows are the true labels.
    reasons, signals : dict[str, Score]
        Per code, over the true refusals, and under ``all``; empty where the data holds no quotes.
    spans : float or None
        Share of the rightly found reasons whose quotes share half of their words with a labelled quote.
    errors : tuple of (id, true label, label, confidence)

    """

    messages: int
    refusals: int
    gate: Score
    gate_f1_interval: tuple[float, float]
    kind_accuracy: float
    kind_interval: tuple[float, float]
    kind_macro_f1: float
    calibration_error: float
    reviewed: float
    unreviewed_accuracy: float
    confusion: dict[str, dict[str, int]]
    reasons: dict[str, Score]
    signals: dict[str, Score]
    spans: float | None
    errors: tuple[tuple[str, str, str, float], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types, without the list of errors."""
        out = asdict(self)
        del out["errors"]
        return out

    def lines(self) -> list[str]:
        """Return the figures as lines of text."""
        g, (f_low, f_high), (k_low, k_high) = self.gate, self.gate_f1_interval, self.kind_interval
        out = [
            f"{self.messages} messages, {self.refusals} refusals",
            f"refusal or not   precision {g.precision:.3f}  recall {g.recall:.3f}  F1 {g.f1:.3f}  (95 % {f_low:.3f} to {f_high:.3f})",
            f"kind of refusal  accuracy {self.kind_accuracy:.3f}  (95 % {k_low:.3f} to {k_high:.3f})  macro-F1 {self.kind_macro_f1:.3f}",
            f"confidence       calibration error {self.calibration_error:.3f}; "
            f"{self.reviewed:.1%} marked for review, {self.unreviewed_accuracy:.1%} of the others right",
            "",
            f"{'true label':14}" + "".join(f"{label:>14}" for label in Label),
        ]
        out += [f"{row:14}" + "".join(f"{self.confusion[row][label]:>14}" for label in Label) for row in Label]
        for name, table in (("reasons", self.reasons), ("signals", self.signals)):
            if table:
                out += ["", f"{name:20}{'gold':>6}{'found':>6}{'precision':>11}{'recall':>8}{'F1':>7}"]
                out += [f"{c:20}{s.gold:>6}{s.found:>6}{s.precision:>11.2f}{s.recall:>8.2f}{s.f1:>7.2f}" for c, s in table.items()]
        return out


def evaluate_reader(reader: RefusalReader, examples: Sequence[Example]) -> Evaluation:
    """Compare what a reader says with labelled messages.

    Parameters
    ----------
    reader : RefusalReader
    examples : sequence of Example
        From `refusal_nlp.training.data.read_examples`; none of them may have been in the reader's training data.

    """
    found = list(reader.read_many(e.mail for e in examples))
    truth, guess = [str(e.label) for e in examples], [str(a.label) for a in found]
    groups = [e.group for e in examples]
    right = [t == g for t, g in zip(truth, guess, strict=True)]
    kept = [ok for ok, a in zip(right, found, strict=True) if not a.needs_review]
    refusals = [(e, a) for e, a in zip(examples, found, strict=True) if e.label is not Label.NOT_REFUSAL]
    counts = Counter(zip(truth, guess, strict=True))
    return Evaluation(
        messages=len(examples),
        refusals=len(refusals),
        gate=metrics.gate_score(truth, guess),
        gate_f1_interval=metrics.interval(lambda t, g: metrics.gate_score(t, g).f1, truth, guess, groups),
        kind_accuracy=metrics.kind_accuracy(truth, guess),
        kind_interval=metrics.interval(metrics.kind_accuracy, truth, guess, groups),
        kind_macro_f1=metrics.kind_macro_f1(truth, guess),
        calibration_error=metrics.calibration_error([a.confidence for a in found], right),
        reviewed=1 - len(kept) / len(found),
        unreviewed_accuracy=sum(kept) / len(kept) if kept else 0.0,
        confusion={t: {g: counts[t, g] for g in Label} for t in Label},
        reasons=_per_code([(e.reasons, {r.code for r in a.reasons}, e.optional) for e, a in refusals]),
        signals=_per_code([(e.signals, {s.code for s in a.signals}, e.optional) for e, a in refusals]),
        spans=_spans(refusals),
        errors=tuple((e.mail.id, t, g, a.confidence) for e, a, t, g in zip(examples, found, truth, guess, strict=True) if t != g),
    )


def _per_code(rows: Sequence[tuple[tuple[Quoted, ...] | None, set[Any], frozenset[str]]]) -> dict[str, Score]:
    """Score sets of codes per message; codes in doubt count neither way, messages without labels are left out."""
    hits: Counter[str] = Counter()
    found: Counter[str] = Counter()
    gold: Counter[str] = Counter()
    for quoted, codes, optional in rows:
        if quoted is None or "*" in optional:
            continue
        want = {q.code for q in quoted} - optional
        have = {str(c) for c in codes} - optional
        gold.update(want)
        found.update(have)
        hits.update(want & have)
    if not gold:
        return {}
    table = {"all": metrics.score(hits.total(), found.total(), gold.total())}
    return table | {code: metrics.score(hits[code], found[code], gold[code]) for code in sorted(gold | found)}


def _spans(refusals: Sequence[tuple[Example, Analysis]]) -> float | None:
    right = total = 0
    for example, analysis in refusals:
        for code in {q.code for q in example.reasons or ()} & {str(r.code) for r in analysis.reasons}:
            total += 1
            want = [_words(q.quote) for q in example.reasons or () if q.code == code]
            have = [_words(r.quote) for r in analysis.reasons if r.code == code]
            right += any(len(w & h) >= 0.5 * min(len(w), len(h)) for w in want for h in have if w and h)
    return right / total if total else None


def _words(text: str) -> set[str]:
    return set(text.lower().split())
