"""Labelled messages to a model folder, deterministic."""

from __future__ import annotations

import json
import os
import pathlib
import platform
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import refusal_nlp
from refusal_nlp import store
from refusal_nlp.acts import OUTPUTS
from refusal_nlp.classify import LABELS, Bank, RefusalClassifier, messages_of
from refusal_nlp.errors import DataError, OutputError
from refusal_nlp.features import Message
from refusal_nlp.reader import RefusalReader
from refusal_nlp.reason_model import ReasonModel
from refusal_nlp.training import metrics
from refusal_nlp.training.card import model_card
from refusal_nlp.training.data import Example, act_quotes, data_hash, read_bank, read_examples
from refusal_nlp.training.reasons import Pair, fit_reasons, read_pairs
from refusal_nlp.types import MODEL_LANGUAGE, Label

# What an unnoticed error costs, in units of one look by a person: a verdict is sent to review where the expected cost of keeping it is higher.
REVIEW_COST = 4.0
# How much a message counts in training, by the brief it was written to. The wide, ordinary and core briefs bent the shares of common words
# (data/README.md); the natural ones restore them and count for more. Other people's data counts 1.
PROFILE_WEIGHT = {
    "wide": 0.3,
    "ordinary": 0.6,
    "core": 1.0,
    "others": 1.0,
    "natural": 4.0,
    "contrast": 2.0,
    "long": 1.5,
    "explained": 1.5,
    "short": 2.0,
    "lists": 6.0,
}
# Everyday mail counts at least this much: most of a mailbox is of that kind, and a wrong flag there costs most trust.
EVERYDAY_WEIGHT = 2.0
# How much a single sentence of the bank counts beside a sentence of a message.
BANK_WEIGHT = 4.0
# Kinds of messages that use the sentences of refusals for something else.
_BORROWERS = {"other_refusal", "about_refusals", "about_candidate"}
_LEAST_REFUSALS, _LEAST_OTHERS = 20, 20


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingRun:
    """A fitted model with the figures of its cross-validation.

    Attributes
    ----------
    reader : RefusalReader
    classifier : RefusalClassifier
    reasons : ReasonModel or None
        The model of stated reasons; None where the data quotes too few.
    config, metrics : dict
        What `save` writes beside the weights; JSON types.

    """

    reader: RefusalReader
    classifier: RefusalClassifier
    reasons: ReasonModel | None
    config: dict[str, Any]
    metrics: dict[str, Any]

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Write the model folder: weights, config, metrics and card; raises `OutputError` where it cannot be written."""
        place = pathlib.Path(folder)
        store.save(self.classifier, place, self.config, self.reasons)
        try:
            (place / "metrics.json").write_text(json.dumps(self.metrics, indent=2) + "\n", "utf-8")
            (place / "README.md").write_text(model_card(self.config, self.metrics), "utf-8")
        except OSError as fault:
            raise OutputError(f"{place}: cannot be written: {fault.strerror or fault}") from fault


def train_model(
    paths: Sequence[str | os.PathLike[str]],
    *,
    name: str = "own",
    sentences: str | os.PathLike[str] | None = None,
    pairs: str | os.PathLike[str] | None = None,
) -> TrainingRun:
    """Train on labelled messages.

    The figures are those of the cross-validation by group: no message is judged by a model that has seen its group.

    Parameters
    ----------
    paths : sequence of path-like
        Files that `read_examples` takes.
    name : str
        Name of the model.
    sentences : path-like, optional
        Single sentences for the sentence model, see `refusal_nlp.training.data.read_bank`.
    pairs : path-like, optional
        Sentences that state reasons beside twins that do not, see `refusal_nlp.training.reasons.read_pairs`.

    Raises
    ------
    DataError
        Where a file breaks its format, or there are too few refusals or other messages.

    """
    examples = [e for path in paths for e in read_examples(path)]
    files = [*paths, *(p for p in (sentences, pairs) if p is not None)]
    bank = make_bank(read_bank(sentences)) if sentences is not None else None
    return train_examples(examples, name=name, bank=bank, pairs=read_pairs(pairs) if pairs is not None else (), hashes=[data_hash(p) for p in files])


def train_examples(examples: Sequence[Example], *, name: str, bank: Bank | None = None, pairs: Sequence[Pair] = (), hashes: Sequence[str] = ()) -> TrainingRun:
    """Train on examples already read, see `train_model`; `hashes` of their files are kept in the model's config."""
    refusals = sum(e.label is not Label.NOT_REFUSAL for e in examples)
    if refusals < _LEAST_REFUSALS or len(examples) - refusals < _LEAST_OTHERS:
        raise DataError(
            f"{refusals} refusals and {len(examples) - refusals} other messages are too few; at least {_LEAST_REFUSALS} and {_LEAST_OTHERS} are needed"
        )
    labels = [str(e.label) for e in examples]
    messages = messages_of([e.mail for e in examples])
    classifier = fit_classifier(messages, examples, bank)
    reasons = fit_reasons(messages, examples, [weight_of(e) for e in examples], pairs)
    figures = held_out_figures(classifier, examples)
    config: dict[str, Any] = {
        "name": name,
        "version": refusal_nlp.__version__,
        "language": MODEL_LANGUAGE,
        "review_below": 1 - 1 / REVIEW_COST,
        "review_cost": REVIEW_COST,
        "thresholds": signal_thresholds(classifier, np.repeat([weight_of(e) for e in examples], [len(m.sentences) for m in messages])),
        "trained_on": {
            "messages": len(examples),
            "labels": dict(sorted(Counter(labels).items())),
            "groups": len({e.group for e in examples}),
            "sha256": list(hashes),
        },
        "made_with": {"python": platform.python_version(), **{m: _version(m) for m in ("spacy", "scikit-learn", "numpy", "scipy")}},
    }
    reader = RefusalReader(
        classifier, name=f"{name} {refusal_nlp.__version__}", review_below=config["review_below"], thresholds=config["thresholds"], reasons=reasons
    )
    return TrainingRun(reader=reader, classifier=classifier, reasons=reasons, config=config, metrics=figures)


def fit_classifier(messages: Sequence[Message], examples: Sequence[Example], bank: Bank | None = None) -> RefusalClassifier:
    """Fit on the features of examples, with their weights, groups and labelled passages."""
    return RefusalClassifier().fit_messages(
        messages,
        [str(e.label) for e in examples],
        quotes=act_quotes(examples) if any(e.signals is not None for e in examples) else None,
        groups=[e.group for e in examples],
        sample_weight=[weight_of(e) for e in examples],
        borrowed=[e.kind in _BORROWERS for e in examples],
        bank=bank,
    )


def make_bank(rows: Sequence[tuple[str, frozenset[str]]]) -> Bank:
    """Run the pipeline over single sentences; one that the pipeline splits is left out, since its acts could belong to either part."""
    made = [(m.sentences[0], acts) for m, (_, acts) in zip(messages_of([text for text, _ in rows]), rows, strict=True) if len(m.sentences) == 1]
    targets = np.array([[code in acts for code in OUTPUTS] for _, acts in made], np.int8).reshape(-1, len(OUTPUTS))
    return Bank(sentences=[s for s, _ in made], targets=targets, weight=BANK_WEIGHT)


def weight_of(example: Example) -> float:
    """How much a message counts in training."""
    weight = PROFILE_WEIGHT.get(example.profile, 1.0)
    return max(weight, EVERYDAY_WEIGHT) if example.kind in {"everyday", "list_mail", "about_refusals"} else weight


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


def _version(module: str) -> str:
    from importlib.metadata import version

    return version(module)
