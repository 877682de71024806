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
from threadpoolctl import threadpool_limits

import refusal_nlp
from refusal_nlp import store
from refusal_nlp.acts import OUTPUTS
from refusal_nlp.classify import Bank, RefusalClassifier, messages_of
from refusal_nlp.errors import DataError, OutputError
from refusal_nlp.features import Message
from refusal_nlp.model_folder import CONFIG
from refusal_nlp.reader import RefusalReader
from refusal_nlp.reason_model import ReasonModel
from refusal_nlp.spans import Span
from refusal_nlp.training.card import model_card
from refusal_nlp.training.compare import Comparison, verdicts_of
from refusal_nlp.training.data import Example, act_quotes
from refusal_nlp.training.doubts import Doubt
from refusal_nlp.training.figures import held_out_figures, signal_thresholds
from refusal_nlp.training.own import SetAside
from refusal_nlp.training.reasons import Pair, fit_reasons
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
    "own": 2.0,  # a user's own mail beside the shipped messages: it is what the model is for; see also `refusal_nlp.training.retrain.own_weights`
}
# Everyday mail counts at least this much: most of a mailbox is of that kind, and a wrong flag there costs most trust.
EVERYDAY_WEIGHT = 2.0
# How much a single sentence of the bank counts beside a sentence of a message.
BANK_WEIGHT = 4.0
# Which acts, by their place among the outputs, make a refusal one of its kind.
_CARRIERS = {
    Label.CATEGORICAL: [OUTPUTS.index("decision")],
    Label.EVASIVE: [OUTPUTS.index("hedge")],
    Label.KEPT_ON_FILE: [OUTPUTS.index("retention"), OUTPUTS.index("future_contact")],
}
# Every random choice of a training: folds and solvers have none or take this one.
SEED = 0
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
    verdicts : dict
        What the cross-validation said of each training message, see `refusal_nlp.training.compare.verdicts_of`.
    comparison : Comparison or None
        Before and after, where there was a model to compare with.
    compared_with : Path or None
        Folder of that model.
    set_aside : tuple of SetAside
        Rows of the data that were not trained on, and why.
    doubts : tuple of Doubt
        Labels that somebody should look at again.
    notes : tuple of str
        What else the user should know of the data.

    """

    reader: RefusalReader
    classifier: RefusalClassifier
    reasons: ReasonModel | None
    config: dict[str, Any]
    metrics: dict[str, Any]
    verdicts: dict[str, list[float]]
    comparison: Comparison | None = None
    compared_with: pathlib.Path | None = None
    set_aside: tuple[SetAside, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    notes: tuple[str, ...] = ()

    def save(self, folder: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write the model folder: weights, config, metrics, verdicts, comparison and card.

        Parameters
        ----------
        folder : path-like
        overwrite : bool
            Replace a model that is better, or that this one was not compared with.

        Raises
        ------
        OutputError
            Where the folder cannot be written, or holds such a model.

        """
        place = pathlib.Path(folder)
        if not overwrite and (place / CONFIG).exists():
            if self.comparison is None or self.compared_with is None or self.compared_with.resolve() != place.resolve():
                raise OutputError(f"{place}: holds a model that this one was not compared with; compare with it, name another folder, or overwrite it")
            if worse := self.comparison.worse():
                raise OutputError(f"{place}: the model there is better ({'; '.join(worse)}); nothing was written. Name another folder, or overwrite it")
        extra = {
            "metrics.json": json.dumps(self.metrics, indent=2) + "\n",
            store.VERDICTS: json.dumps(dict(sorted(self.verdicts.items()))).replace("], ", "],\n") + "\n",
            "README.md": model_card(self.config, self.metrics, self.comparison),
        }
        if self.comparison:
            extra["comparison.json"] = json.dumps(self.comparison.to_dict(), indent=1, ensure_ascii=False) + "\n"
        store.save(self.classifier, place, self.config, extra, self.reasons)


def train_examples(
    examples: Sequence[Example],
    *,
    name: str,
    bank: Bank | None = None,
    pairs: Sequence[Pair] = (),
    hashes: Sequence[str] = (),
    messages: Sequence[Message] | None = None,
    teacher: RefusalReader | None = None,
    weights: Sequence[float] | None = None,
) -> TrainingRun:
    """Train on labelled messages.

    The figures are those of the cross-validation by group: no message is judged by a model that has seen its group.

    Parameters
    ----------
    examples : sequence of Example
    name : str
        Name of the model.
    bank : Bank, optional
        Single sentences for the sentence model.
    pairs : sequence of Pair
        Sentences that state reasons, and twins that do not.
    hashes : sequence of str
        SHA-256 of the data, kept in the model's config.
    messages : sequence of Message, optional
        Features of the examples, where they are made already.
    teacher : RefusalReader, optional
        See `passages`.
    weights : sequence of float, optional
        How much each message counts for the classifier and the thresholds of signals; default `weight_of`.

    Raises
    ------
    DataError
        Where there are too few refusals or other messages.

    """
    refusals = sum(e.label is not Label.NOT_REFUSAL for e in examples)
    if refusals < _LEAST_REFUSALS or len(examples) - refusals < _LEAST_OTHERS:
        raise DataError(
            f"{refusals} refusals and {len(examples) - refusals} other messages are too few; at least {_LEAST_REFUSALS} and {_LEAST_OTHERS} are needed"
        )
    labels = [str(e.label) for e in examples]
    if messages is None:
        messages = messages_of([e.mail for e in examples])
    if weights is None:
        weights = [weight_of(e) for e in examples]
    try:
        # The threads of linear algebra wait for each other by spinning: on vectors as short as ours that costs more than it gives.
        with threadpool_limits(1, user_api="blas"):
            classifier = fit_classifier(messages, examples, bank, teacher, weights)
            reasons = fit_reasons(messages, examples, [weight_of(e) for e in examples], pairs)
    except ValueError as fault:  # a fold without refusals, or with one kind of them
        raise DataError(f"the messages cannot be dealt into folds with every class in each: label more, in more groups and of more kinds ({fault})") from fault
    figures = held_out_figures(classifier, examples)
    config: dict[str, Any] = {
        "name": name,
        "version": refusal_nlp.__version__,
        "language": MODEL_LANGUAGE,
        "review_below": 1 - 1 / REVIEW_COST,
        "review_cost": REVIEW_COST,
        "thresholds": signal_thresholds(classifier, np.repeat(weights, [len(m.sentences) for m in messages])),
        "trained_on": {
            "messages": len(examples),
            "labels": dict(sorted(Counter(labels).items())),
            "groups": len({e.group for e in examples}),
            "sha256": list(hashes),
        },
        "seed": SEED,
        "made_with": {"python": platform.python_version(), **{m: _version(m) for m in ("spacy", "scikit-learn", "numpy", "scipy")}},
    }
    reader = RefusalReader(
        classifier, name=f"{name} {refusal_nlp.__version__}", review_below=config["review_below"], thresholds=config["thresholds"], reasons=reasons
    )
    verdicts = verdicts_of(examples, classifier.held_out_)
    return TrainingRun(reader=reader, classifier=classifier, reasons=reasons, config=config, metrics=figures, verdicts=verdicts)


def fit_classifier(
    messages: Sequence[Message],
    examples: Sequence[Example],
    bank: Bank | None = None,
    teacher: RefusalReader | None = None,
    weights: Sequence[float] | None = None,
) -> RefusalClassifier:
    """Fit on the features of examples, with their weights, groups and labelled passages."""
    return RefusalClassifier().fit_messages(
        messages,
        [str(e.label) for e in examples],
        quotes=passages(messages, examples, teacher) if teacher or any(e.signals is not None for e in examples) else None,
        groups=[e.group for e in examples],
        sample_weight=[weight_of(e) for e in examples] if weights is None else weights,
        borrowed=[e.kind in _BORROWERS for e in examples],
        bank=bank,
    )


def passages(messages: Sequence[Message], examples: Sequence[Example], teacher: RefusalReader | None = None) -> list[list[tuple[str, Span]]]:
    """Return the places that the sentence model learns from.

    Most people label messages, not passages. In a refusal without labelled passages the places where a signal rule matches stand in, and
    the sentences in which a model already trained, the `teacher`, sees an act: without them the words of these refusals would be taught as doing nothing.
    Where it sees none that the label asks for, the sentence nearest to one stands for it: some sentence must carry the refusal (multiple-instance
    learning), and a wording that the teacher does not know is what there is to learn.
    """
    out = act_quotes(examples)
    bare = [i for i, e in enumerate(examples) if e.signals is None and e.label is not Label.NOT_REFUSAL]
    seen = [v.acts for v in teacher.classifier.judge([messages[i] for i in bare])] if teacher else [None] * len(bare)
    for i, acts in zip(bare, seen, strict=True):
        out[i] += [(cue.code, (cue.start, cue.end)) for sentence in messages[i].sentences for cue in sentence.cues]
        if teacher is not None and acts is not None:
            cuts = np.array([teacher.thresholds.get(code, 0.0) for code in OUTPUTS])
            seen_here = acts >= cuts
            carriers = _CARRIERS[examples[i].label]
            if len(acts) and not seen_here[:, carriers].any():
                row, column = np.unravel_index((acts - cuts)[:, carriers].argmax(), (len(acts), len(carriers)))
                seen_here[row, carriers[column]] = True
            rows, columns = np.nonzero(seen_here)
            out[i] += [(OUTPUTS[c], (messages[i].sentences[r].start, messages[i].sentences[r].end)) for r, c in zip(rows, columns, strict=True)]
    return out


def make_bank(rows: Sequence[tuple[str, frozenset[str]]]) -> Bank:
    """Run the pipeline over single sentences; one that the pipeline splits is left out, since its acts could belong to either part."""
    made = [(m.sentences[0], acts) for m, (_, acts) in zip(messages_of([text for text, _ in rows]), rows, strict=True) if len(m.sentences) == 1]
    targets = np.array([[code in acts for code in OUTPUTS] for _, acts in made], np.int8).reshape(-1, len(OUTPUTS))
    return Bank(sentences=[s for s, _ in made], targets=targets, weight=BANK_WEIGHT)


def weight_of(example: Example) -> float:
    """How much a message counts in training."""
    weight = PROFILE_WEIGHT.get(example.profile, 1.0)
    return max(weight, EVERYDAY_WEIGHT) if example.kind in {"everyday", "list_mail", "about_refusals"} else weight


def _version(module: str) -> str:
    from importlib.metadata import version

    return version(module)
