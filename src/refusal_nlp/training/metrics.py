"""Figures of a classification, from labels and probabilities alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from refusal_nlp.types import REFUSALS, Label


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """Precision, recall and F1, each in [0, 1], 0 where undefined; `gold` and `found` are counts."""

    precision: float
    recall: float
    f1: float
    gold: float
    found: float


def score(hits: float, found: float, gold: float) -> Score:
    """Return precision, recall and F1 from counts.

    >>> score(8, 10, 16).f1.__round__(3)
    0.615
    """
    precision = hits / found if found else 0.0
    recall = hits / gold if gold else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return Score(precision=precision, recall=recall, f1=f1, gold=gold, found=found)


def gate_score(truth: Sequence[str], guess: Sequence[str]) -> Score:
    """Refusal or not."""
    t, g = _refusals(truth), _refusals(guess)
    return score(int((t & g).sum()), int(g.sum()), int(t.sum()))


def kind_accuracy(truth: Sequence[str], guess: Sequence[str]) -> float:
    """Share of the true refusals with the right kind; a missed refusal counts as wrong."""
    right = [a == b for a, b in zip(truth, guess, strict=True) if a != Label.NOT_REFUSAL]
    return sum(right) / len(right) if right else 0.0


def kind_macro_f1(truth: Sequence[str], guess: Sequence[str]) -> float:
    """Mean F1 of the three kinds over the true refusals; kinds without a case are left out."""
    pairs = [(a, b) for a, b in zip(truth, guess, strict=True) if a != Label.NOT_REFUSAL]
    scores = []
    for kind in REFUSALS:
        gold = sum(a == kind for a, _ in pairs)
        if gold:
            scores.append(score(sum(a == b == kind for a, b in pairs), sum(b == kind for _, b in pairs), gold).f1)
    return sum(scores) / len(scores) if scores else 0.0


def calibration_error(confidence: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """Expected calibration error with equal-width bins (Guo et al. 2017), in [0, 1]."""
    c, r = np.asarray(confidence, float), np.asarray(right, float)
    which = np.minimum((c * bins).astype(int), bins - 1)
    return float(sum(abs(c[which == b].mean() - r[which == b].mean()) * (which == b).mean() for b in range(bins) if (which == b).any()))


def interval(
    figure: Callable[[list[str], list[str]], float], truth: Sequence[str], guess: Sequence[str], groups: Sequence[str], rounds: int = 500
) -> tuple[float, float]:
    """95 % bootstrap interval of a figure, drawn over whole groups, with a fixed seed.

    Parameters
    ----------
    figure : callable
        Takes truth and guess, returns a number.
    groups : sequence of str
        Messages of one group are drawn together: they are not independent.

    """
    rng = np.random.default_rng(0)
    members: dict[str, list[int]] = {}
    for i, name in enumerate(groups):
        members.setdefault(name, []).append(i)
    pools = list(members.values())
    draws = []
    for _ in range(rounds):
        rows = [i for k in rng.integers(0, len(pools), len(pools)) for i in pools[k]]
        draws.append(figure([truth[i] for i in rows], [guess[i] for i in rows]))
    low, high = np.percentile(draws, [2.5, 97.5])
    return float(low), float(high)


def _refusals(labels: Sequence[str]) -> NDArray[np.bool_]:
    return np.array([name != Label.NOT_REFUSAL for name in labels])
