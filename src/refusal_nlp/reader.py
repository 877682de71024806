"""The way of one message: `Mail` to `Doc` to features to verdict to reasons to follow-up, and only that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from refusal_nlp.classify import LABELS, RefusalClassifier, Verdict
from refusal_nlp.facts import find_facts
from refusal_nlp.features import Message, describe
from refusal_nlp.followup import Wording, suggest
from refusal_nlp.language import language_of, may_be_job_mail
from refusal_nlp.legal import find_sensitive, notes_for
from refusal_nlp.parallel import batches_of, over_batches
from refusal_nlp.pipeline.build import build_pipeline, make_docs
from refusal_nlp.reason_model import ReasonModel
from refusal_nlp.reasons import find_reasons
from refusal_nlp.signals import find_signals
from refusal_nlp.types import MODEL_LANGUAGE, REFUSALS, Analysis, Label, Mail, Reason, Signal


class RefusalReader:
    """Reads messages with one model.

    Parameters
    ----------
    classifier : RefusalClassifier
        A fitted classifier.
    name : str
        Name and version of the model, kept in every result.
    review_below : float
        A verdict with a lower confidence, in [0, 1], is marked for review.
    thresholds : mapping of str to float, optional
        Log-odds from which a sentence carries a signal; default 0, which is a probability of 0.5.
    reasons : ReasonModel, optional
        Finds stated reasons together with the rules; without it the rules do it alone.

    Attributes
    ----------
    wording : Wording or None
        Wording of the suggested replies; None takes that of the package.
    legal_notes : bool
        Whether sensitive wording is marked and the law on it noted.

    """

    wording: Wording | None = None
    legal_notes: bool = True

    def __init__(
        self,
        classifier: RefusalClassifier,
        *,
        name: str,
        review_below: float,
        thresholds: Mapping[str, float] | None = None,
        reasons: ReasonModel | None = None,
    ) -> None:
        self.classifier = classifier
        self.name = name
        self.review_below = review_below
        self.thresholds = dict(thresholds or {})
        self.reasons = reasons
        self._nlp = build_pipeline()

    def read(self, message: str | Mail) -> Analysis:
        """Analyse one message, given as its text or as `Mail`."""
        return next(self.read_many([message]))

    def read_many(self, messages: Iterable[str | Mail], *, n_jobs: int = 1) -> Iterator[Analysis]:
        """Analyse messages lazily, in order.

        Parameters
        ----------
        messages : iterable of str or Mail
        n_jobs : int
            Processes; 1 works in this one, -1 takes every core.

        Yields
        ------
        Analysis

        """
        mails = (m if isinstance(m, Mail) else Mail(body=m) for m in messages)
        for analyses in over_batches(self.read_batch, batches_of(mails), n_jobs=n_jobs):
            yield from analyses

    def read_batch(self, mails: list[Mail]) -> list[Analysis]:
        """Analyse a list of messages in this process."""
        messages = [describe(doc, mail) for doc, mail in zip(make_docs(self._nlp, mails), mails, strict=True)]
        verdicts = self.classifier.judge(messages)
        analyses = [self._judged(*item) for item in zip(mails, messages, verdicts, strict=True)]
        refusals = [i for i, analysis in enumerate(analyses) if analysis.label is not Label.NOT_REFUSAL]
        found = find_reasons([messages[i] for i in refusals], [mails[i] for i in refusals], self.reasons)
        for i, reasons in zip(refusals, found, strict=True):
            signals = find_signals(messages[i], verdicts[i].acts, mails[i], analyses[i].label, self.thresholds)
            analyses[i] = self._explained(analyses[i], mails[i], messages[i], signals, reasons)
        return analyses

    def _judged(self, mail: Mail, message: Message, verdict: Verdict) -> Analysis:
        if mail.outgoing:  # what the owner of the mailbox wrote turns nobody down who reads it here
            return Analysis(
                label=Label.NOT_REFUSAL, probabilities={label: float(label is Label.NOT_REFUSAL) for label in LABELS}, needs_review=False, model=self.name
            )
        chances = {label: float(p) for label, p in zip(LABELS, verdict.probabilities, strict=True)}
        language = language_of(message, mail)
        if language not in {None, MODEL_LANGUAGE}:
            return Analysis(label=Label.NOT_REFUSAL, probabilities=_undecided(chances), needs_review=may_be_job_mail(mail), model=self.name, language=language)
        label = max(LABELS, key=lambda name: chances[name])
        return Analysis(label=label, probabilities=chances, needs_review=chances[label] < self.review_below, model=self.name, language=language)

    def _explained(self, analysis: Analysis, mail: Mail, message: Message, signals: tuple[Signal, ...], reasons: tuple[Reason, ...]) -> Analysis:
        """Add to the verdict on a refusal what the message says."""
        facts = find_facts(message, mail, signals)
        follow_up = suggest(mail, analysis.label, signals, reasons, facts, self.wording)
        sensitive = find_sensitive(message, mail, reasons) if self.legal_notes else ()
        notes = notes_for(sensitive)
        return replace(analysis, signals=signals, reasons=reasons, facts=facts, follow_up=follow_up, sensitive=sensitive, legal_notes=notes)


def _undecided(chances: Mapping[Label, float]) -> dict[Label, float]:
    """Even odds of refusal or not, for a message that the model cannot read; the kinds keep their shares."""
    refusal = 1 - chances[Label.NOT_REFUSAL]
    return {label: 0.5 if label is Label.NOT_REFUSAL else 0.5 * (p / refusal if refusal else 1 / len(REFUSALS)) for label, p in chances.items()}
