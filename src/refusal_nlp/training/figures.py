"""Figures and thresholds from what a cross-validation has said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from refusal_nlp.acts import OUTPUTS
from refusal_nlp.classify import LABELS, RefusalClassifier
from refusal_nlp.training import metrics
from refusal_nlp.training.data import Example


def held_out_figures(classifier: RefusalClassifier, examples: Sequence[Example]) -> dict[str, Any]:
    """Figures of the cross-validation of a fitted classifier, JSON types."""
    chances = classifier.held_out_
    truth = [str(e.label) for e in examples]
    guess = [str(LABELS[i]) for i in chances.argmax(axis=1)]
    groups = [e.group for e in examples]
    gate = metrics.gate_score(truth, guess)
    profiles = sorted({e.profile for e in examples} - {""})
    return {
        "what": "cross-validation on the training data, folds by group",
        "by_profile": {name: _profile_figures(name, examples, truth, guess) for name in profiles},
        "gate_precision": round(gate.precision, 4),
        "gate_recall": round(gate.recall, 4),
        "gate_f1": round(gate.f1, 4),
        "gate_f1_interval": [round(v, 4) for v in metrics.interval(lambda t, g: metrics.gate_score(t, g).f1, truth, guess, groups)],
        "kind_accuracy": round(metrics.kind_accuracy(truth, guess), 4),
        "kind_accuracy_interval": [round(v, 4) for v in metrics.interval(metrics.kind_accuracy, truth, guess, groups)],
        "kind_macro_f1": round(metrics.kind_macro_f1(truth, guess), 4),
        "calibration_error": round(metrics.calibration_error(chances.max(axis=1).tolist(), [a == b for a, b in zip(truth, guess, strict=True)]), 4),
    }


def _profile_figures(name: str, examples: Sequence[Example], truth: Sequence[str], guess: Sequence[str]) -> dict[str, float]:
    rows = [i for i, e in enumerate(examples) if e.profile == name]
    t, g = [truth[i] for i in rows], [guess[i] for i in rows]
    gate = metrics.gate_score(t, g)
    return {
        "messages": len(rows),
        "refusals": gate.gold,
        "refusals_found": round(gate.recall * gate.gold),
        "false_alarms": gate.found - round(gate.recall * gate.gold),
        "kind_accuracy": round(metrics.kind_accuracy(t, g), 4),
    }


def signal_thresholds(classifier: RefusalClassifier, weight: Any) -> dict[str, float]:
    """Log-odds from which a sentence carries each code: where held-out F1 is highest, on a grid of quarters; `weight` of each sentence."""
    scores, targets = classifier.held_out_scores_, classifier.held_out_targets_
    grid = np.arange(-3, 3.01, 0.25)
    out = {}
    for column, code in enumerate(OUTPUTS):
        known = targets[:, column] >= 0
        truth, score, share = targets[known, column] == 1, scores[known, column], np.asarray(weight)[known]

        def f1(cut: float, truth: Any = truth, score: Any = score, share: Any = share) -> float:
            found = score >= cut
            return metrics.score(float(share[truth & found].sum()), float(share[found].sum()), float(share[truth].sum())).f1

        out[code] = float(max(grid, key=f1))
    return out
