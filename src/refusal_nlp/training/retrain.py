"""A user's labelled messages to a model: checked, added to the shipped data or alone, and compared with the model before."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from refusal_nlp import store
from refusal_nlp.classify import LABELS, Bank
from refusal_nlp.errors import DataError
from refusal_nlp.features import Message
from refusal_nlp.reader import RefusalReader
from refusal_nlp.resources import find
from refusal_nlp.training.compare import OWN, SHIPPED, Judged, compare
from refusal_nlp.training.data import Example, data_hash, read_bank, read_examples
from refusal_nlp.training.doubts import can_ask_model, find_doubts
from refusal_nlp.training.groups import near_duplicates
from refusal_nlp.training.own import OWN_PROFILE, Labelled, check_classes, read_own
from refusal_nlp.training.prepare import prepare
from refusal_nlp.training.reasons import Pair, read_pairs
from refusal_nlp.training.train import TrainingRun, make_bank, train_examples, weight_of

Base = Literal["default", "none"]
Say = Callable[[str, int, int], None]  # what is being done, how many messages are done, of how many (0: not known)
DEFAULT = "default"
_LARGE_GROUP = 0.5  # a share of the user's messages from which one group makes their figures doubtful


@dataclass(frozen=True, kw_only=True, slots=True)
class _Data:
    """What is trained on: own examples first, then shipped ones."""

    own: tuple[Example, ...]
    shipped: tuple[Example, ...]
    replacing: frozenset[int]  # own examples that stand for a shipped one
    bank: Bank | None
    pairs: tuple[Pair, ...]
    hashes: tuple[str, ...]


def retrain(
    sources: Sequence[Any],
    *,
    base: Base = "default",
    name: str = "own",
    sentences: str | os.PathLike[str] | None = None,
    pairs: str | os.PathLike[str] | None = None,
    mapping: str | os.PathLike[str] | Mapping[str, Any] | None = None,
    strict: bool = False,
    against: str | os.PathLike[str] | None = DEFAULT,
    n_jobs: int = 1,
    cache: str | os.PathLike[str] | None = None,
    say: Say | None = None,
) -> TrainingRun:
    """Train a model on labelled messages and compare it with an earlier one.

    Both models are judged on the same messages, and neither on one whose group it has seen: the new one by its cross-validation, the old one
    by its own where it was trained on the message.

    Parameters
    ----------
    sources : sequence of path-like or DataFrame
        See `refusal_nlp.training.own.read_own`.
    base : {"default", "none"}
        Add the messages to the shipped ones, or train on them alone.
    name : str
        Name of the model.
    sentences : path-like, optional
        Single sentences for the sentence model, see `refusal_nlp.training.data.read_bank`.
    pairs : path-like, optional
        Sentences that state reasons beside twins that do not, see `refusal_nlp.training.reasons.read_pairs`.
    mapping : path-like or mapping, optional
        Renames labels and columns, see `refusal_nlp.training.mapping.read_mapping`.
    strict : bool
        Refuse faulty data; otherwise faulty rows are set aside.
    against : path-like, "default" or None
        Folder of the model to compare with; the shipped one; none.
    n_jobs : int
        Processes for preprocessing; -1 takes every core.
    cache : path-like, optional
        Folder in which preprocessed messages are kept, see `refusal_nlp.training.prepare.prepare`.
    say : callable, optional
        Is told of progress.

    Raises
    ------
    DataError
        Where the data is faulty, see `read_own`, or too little.
    ModelError
        Where the model to compare with cannot be loaded.

    """
    if base not in {DEFAULT, "none"}:
        raise DataError(f"unknown base {base!r}; use default or none")
    tell = say or (lambda *_: None)
    folder = None if against is None else find("models", "default") if against == DEFAULT else pathlib.Path(against)
    old = store.load(folder) if folder else None
    verdicts = store.read_verdicts(folder) if folder else {}
    tests = shipped_tests()
    tell("reading", 0, 0)
    labelled = read_own(sources, mapping=mapping, strict=strict, reserved=tests)
    notes = _notes(labelled, base, strict)
    data = _collect(labelled, base, sentences, pairs)
    everything = [*data.own, *data.shipped]
    messages = _prepared([data.own, data.shipped, tests if old else ()], n_jobs=n_jobs, cache=cache, tell=tell)
    tell("training", 0, 0)
    teacher = _teacher(old, against) if base == DEFAULT else None
    n = len(data.own)
    own = own_weights(teacher, messages[:n], data.own, data.replacing) if teacher else [weight_of(e) for e in data.own]
    run = train_examples(
        everything,
        name=name,
        bank=data.bank,
        pairs=data.pairs,
        hashes=data.hashes,
        messages=messages[: len(everything)],
        teacher=teacher,
        weights=[*own, *map(weight_of, data.shipped)],
    )
    if known := own.count(0.0):
        notes.append(f"{known} of your {n} messages teach nothing new: the shipped model is right and sure of them already")
    doubts = find_doubts(data.own, messages[:n], run.classifier.held_out_[:n])
    if not can_ask_model():
        notes.append("labels were not compared with what a model says of them: pip install 'refusal-nlp[doubts]'")
    run = replace(run, set_aside=labelled.set_aside, notes=tuple(notes), doubts=tuple(doubts))
    if old is None:
        return run
    tell("comparing", 0, 0)
    learned = {e.group for e, weight in zip(data.own, own, strict=True) if weight}
    sets = _sets(run, data, messages, tests, verdicts, learned)
    comparison = compare(old.classifier, verdicts, sets, names=(old.name, run.reader.name))
    return replace(run, comparison=comparison, compared_with=folder)


def shipped_tests() -> tuple[Example, ...]:
    """Return the shipped messages that no model is trained on."""
    return tuple(e for path in sorted(find("data", "held_out").glob("*.jsonl")) for e in read_examples(path))


def own_weights(teacher: RefusalReader, messages: Sequence[Message], examples: Sequence[Example], replacing: Container[int] = ()) -> list[float]:
    """Return how much a user's messages count beside the shipped ones.

    Where the shipped model is right, and sure enough not to ask for review, a message counts nothing: it has nothing to teach, and many of one mailbox
    would bend what the model knows of all others. Spam filters learn so ("thick threshold training", Siefkes et al. 2004). Elsewhere it counts the
    more, the less the model believes in the right label.

    Parameters
    ----------
    teacher : RefusalReader
        The shipped model, which has seen none of them.
    messages, examples : sequences of equal length
    replacing : container of int
        Places of those that stand for a shipped message: these count in full.

    """
    chances = [v.probabilities[LABELS.index(e.label)] for v, e in zip(teacher.classifier.judge(messages), examples, strict=True)]
    doubt = [0.0 if p >= teacher.review_below else 1 - float(p) for p in chances]
    return [weight_of(e) * (1.0 if i in replacing else doubt[i]) for i, e in enumerate(examples)]


def _collect(labelled: Labelled, base: Base, sentences: str | os.PathLike[str] | None, pairs: str | os.PathLike[str] | None) -> _Data:
    shipped: tuple[Example, ...] = ()
    replacing: frozenset[int] = frozenset()
    banks = [] if sentences is None else [pathlib.Path(sentences)]
    stated = [] if pairs is None else [pathlib.Path(pairs)]
    if base == "none":
        own, hashes = labelled.examples, list(labelled.hashes)
    else:
        own = tuple(replace(e, profile=e.profile or OWN_PROFILE, group=f"{OWN_PROFILE}:{e.group}") for e in labelled.examples)
        place = find("data", "messages.jsonl")
        every = read_examples(place)
        # where a shipped message stands among the user's, theirs is used: it must not be on both sides of a fold
        doubles = near_duplicates([e.mail.body for e in own], [e.mail.body for e in every])
        replacing, known = frozenset(i for i, _ in doubles), {j for _, j in doubles}
        shipped = tuple(e for i, e in enumerate(every) if i not in known)
        banks.append(find("data", "sentences.jsonl"))
        stated.append(find("data", "reasons.jsonl"))
        hashes = [*labelled.hashes, data_hash(place)]
    rows = [row for path in banks for row in read_bank(path)]
    return _Data(
        own=own,
        shipped=shipped,
        replacing=replacing,
        bank=make_bank(rows) if rows else None,
        pairs=tuple(pair for path in stated for pair in read_pairs(path)),
        hashes=(*hashes, *map(data_hash, [*banks, *stated])),
    )


def _prepared(sets: Sequence[Sequence[Example]], *, n_jobs: int, cache: str | os.PathLike[str] | None, tell: Say) -> list[Message]:
    """Features of all messages; set by set, so that what is kept of one is found again when another has grown."""
    messages: list[Message] = []
    total = sum(map(len, sets))
    for examples in sets:
        before = len(messages)

        def progress(done: int, before: int = before) -> None:
            tell("reading messages", before + done, total)

        messages += prepare([e.mail for e in examples], n_jobs=n_jobs, cache=cache, progress=progress)
    return messages


def _notes(labelled: Labelled, base: Base, strict: bool) -> list[str]:
    notes = []
    if fault := check_classes(labelled.examples):
        if base == "none" or strict:
            raise DataError(f"{fault}; refusals and other messages are both needed")
        notes.append(f"{fault}; the model is trained all the same, but whether it tells them apart cannot be measured on them")
    groups = [e.group for e in labelled.examples]
    largest = max(set(groups), key=groups.count)
    if groups.count(largest) > _LARGE_GROUP * len(groups) > 1:
        notes.append(f"{groups.count(largest)} of {len(groups)} messages belong to one group ({largest}): figures on them say little about other senders")
    return notes


def _teacher(old: RefusalReader | None, against: str | os.PathLike[str] | None) -> RefusalReader:
    """Return the shipped model: it has seen none of the user's messages, so that what it teaches leaks no labels."""
    return old if old is not None and against == DEFAULT else store.load(find("models", "default"))


def _sets(
    run: TrainingRun, data: _Data, messages: Sequence[Message], tests: Sequence[Example], verdicts: Mapping[str, Sequence[float]], learned: Container[str]
) -> dict[str, Judged]:
    """Own messages, and shipped ones: those held out, and those of the training that the old model can be judged on as well.

    Where a group of own messages is not among the `learned` ones, the model itself has not seen it; those of the cross-validation have seen less of everything.
    """
    import numpy as np

    from refusal_nlp.training.compare import fingerprint

    after = run.classifier.held_out_.copy()
    n, end = len(data.own), len(data.own) + len(data.shipped)
    unseen = [i for i, e in enumerate(data.own) if e.group not in learned]
    judged = run.classifier.judge([*(messages[i] for i in unseen), *messages[end:]])
    tested = np.array([v.probabilities for v in judged])
    after[unseen] = tested[: len(unseen)]
    both = [i for i in range(n, end) if fingerprint(data.shipped[i - n].mail) in verdicts]
    return {
        OWN: Judged(examples=data.own, messages=messages[:n], after=after[:n]),
        SHIPPED: Judged(
            examples=[*(data.shipped[i - n] for i in both), *tests],
            messages=[*(messages[i] for i in both), *messages[end:]],
            after=np.concatenate([after[both], tested[len(unseen) :]]),
        ),
    }
