"""A job tracker, as a user of the package would write it: type checkers read it, nobody runs it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import assert_type

import pandas as pd

import refusal_nlp
from refusal_nlp import (
    Advice,
    Analysis,
    Facts,
    FollowUp,
    Label,
    LegalNote,
    Mail,
    Reason,
    ReasonCode,
    RefusalClassifier,
    RefusalError,
    RefusalReader,
    Sensitive,
    Signal,
    SignalCode,
    Stage,
    Summary,
)


def why(analysis: Analysis) -> dict[ReasonCode, str]:
    """Return the stated reasons in the words of the message."""
    assert_type(analysis.reasons, tuple[Reason, ...])
    return {reason.code: reason.quote for reason in analysis.reasons if reason.field == "body"}


def describe(text: str) -> str:
    """Return a line about one message."""
    analysis = refusal_nlp.analyze(text, subject="Your application", legal_notes=False)
    assert_type(analysis, Analysis)
    assert_type(analysis.label, Label)
    assert_type(analysis.probabilities, dict[Label, float])
    assert_type(analysis.confidence, float)
    if not analysis.is_refusal:
        return "no refusal"
    decided = [signal.quote for signal in analysis.signals if signal.code is SignalCode.DECISION]
    assert_type(analysis.signals, tuple[Signal, ...])
    assert_type(analysis.follow_up, FollowUp | None)
    if analysis.follow_up is not None and analysis.follow_up.advice is Advice.ASK:
        assert_type(analysis.follow_up.question, str | None)
        return f"{analysis.label}: {decided}: {analysis.follow_up.question or ''}"
    return f"{analysis.label}: {decided}: {why(analysis)}"


def facts_of(analysis: Analysis) -> tuple[str | None, Stage | None]:
    """Return company and stage."""
    facts = analysis.facts
    assert_type(facts, Facts)
    assert_type(analysis.sensitive, tuple[Sensitive, ...])
    assert_type(analysis.legal_notes, tuple[LegalNote, ...])
    return facts.company, facts.stage


def mailbox(path: Path, reader: RefusalReader) -> Iterator[tuple[Mail, Analysis]]:
    """Yield the messages of a mailbox with what was found."""
    mails = list(refusal_nlp.read_mailbox(path))
    assert_type(mails, list[Mail])
    assert_type(mails[0].date, dt.datetime | None)
    yield from zip(mails, reader.read_many(mails, n_jobs=2), strict=True)


def frames(path: Path, texts: pd.Series[str]) -> Summary:
    """Scan a mailbox and classify texts."""
    try:
        table = refusal_nlp.scan([path], n_jobs=2)
    except RefusalError:
        table = refusal_nlp.classify_frame(texts)
    assert_type(table, pd.DataFrame)
    summary = refusal_nlp.summarize(table)
    assert_type(summary, Summary)
    assert_type(summary.share_unexplained, float | None)
    return summary


def own_model(labelled: Path, place: Path) -> RefusalReader:
    """Train on labels of one's own, save, load."""
    run = refusal_nlp.train(labelled, base="default", name="mine")
    run.save(place)
    reader = refusal_nlp.load(place)
    assert_type(reader, RefusalReader)
    assert_type(refusal_nlp.evaluate(reader, labelled).kind_accuracy, float)
    return reader


def estimator(texts: list[str], labels: list[str]) -> list[str]:
    """Use the classifier as scikit-learn does."""
    classifier = RefusalClassifier(folds=2).fit(texts, labels)
    return [str(label) for label in classifier.predict(texts)]


VERSION: str = refusal_nlp.__version__
