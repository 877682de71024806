"""Stated reasons of a refusal, quoted. Rules and a sentence model find them together; what is negated, conceded, general or in the future stays out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from refusal_nlp.features import Message, Sentence, normal_form
from refusal_nlp.lexicon.load import Rule, clause_border, table
from refusal_nlp.reason_model import CODES, ReasonModel, Stated, describe_all
from refusal_nlp.reason_rules import Match, matches_by_sentence, matches_in
from refusal_nlp.spans import Span, overlaps, strip
from refusal_nlp.types import Field, Mail, Reason, ReasonCode

_RULE_CONFIDENCE = 0.8  # of a match without a model beside it: about the precision of the rules on our own data
_MODEL = "model"  # stands for the rule where none has matched
_WORD = re.compile(r"[\w'’+#./@-]+|[?!:]")


def find_reasons(messages: Sequence[Message], mails: Sequence[Mail], model: ReasonModel | None = None) -> list[tuple[Reason, ...]]:
    """Return the reasons that refusals state, for each in the order of the text, those of the subject line last.

    Parameters
    ----------
    messages : sequence of Message
        Their sentences are the writers' own words: quoted mail, signatures and footers are left out already.
    mails : sequence of Mail, as many
        Offsets of the result are into a mail's body, or its subject where ``field`` says so.
    model : ReasonModel, optional
        Decides together with the rules, and is asked once for all; without it every match that no scope cue covers counts.

    Returns
    -------
    list of tuple of Reason, one for each message
        Empty where none is stated. ``mail.body[r.start:r.end] == r.quote`` for each of the body.

    """
    matches = [matches_by_sentence(message.sentences, mail.body, message.blocked) for message, mail in zip(messages, mails, strict=True)]
    if model is None:
        found = [_ruled(of_message, mail.body) for of_message, mail in zip(matches, mails, strict=True)]
    else:
        described = [describe_all(m.sentences, mail.body, of_message) for m, mail, of_message in zip(messages, mails, matches, strict=True)]
        kept = model.stated(described)
        found = [_of_message(*item, model) for item in zip(messages, matches, kept, [mail.body for mail in mails], strict=True)]
    return [(*sorted(out, key=lambda r: (r.start, r.code)), *_of_subject(mail.subject or "", out)) for out, mail in zip(found, mails, strict=True)]


def _ruled(matches: Sequence[Sequence[Match]], body: str) -> list[Reason]:
    stated = [m for of_sentence in matches for m in of_sentence if not m.blocked]
    return [_reason(ReasonCode(rule.code), span, body, rule.id, _RULE_CONFIDENCE) for rule, span in _unbeaten(stated)]


def _of_message(message: Message, matches: Sequence[Sequence[Match]], kept: Sequence[dict[ReasonCode, float]], body: str, model: ReasonModel) -> list[Reason]:
    out: list[Reason] = []
    for sentence, of_sentence, codes in zip(message.sentences, matches, kept, strict=True):
        if not any(start <= sentence.start and sentence.end <= end for start, end in message.blocked):  # in these the rules find none either
            out += _quoted(sentence, of_sentence, codes, body, model)
    return out


def _of_subject(subject: str, of_body: Sequence[Reason]) -> Iterator[Reason]:
    known = {r.code for r in of_body}
    for rule, span in _unbeaten(matches_in(subject)):
        if ReasonCode(rule.code) not in known:
            yield _reason(ReasonCode(rule.code), span, subject, rule.id, _RULE_CONFIDENCE, in_subject=True)


def _reason(code: ReasonCode, span: Span, text: str, rule: str, confidence: float, *, in_subject: bool = False) -> Reason:
    field: Field = "subject" if in_subject else "body"
    return Reason(code=code, side=code.side, quote=text[slice(*span)], start=span[0], end=span[1], rule=rule, confidence=confidence, field=field)


def _quoted(sentence: Sentence, matches: Sequence[Match], kept: dict[ReasonCode, float], body: str, model: ReasonModel) -> Iterator[Reason]:
    """Quote what the rules matched, else the clause that speaks most for the code."""
    ruled = _unbeaten([m for m in matches if m.rule.code in kept and not m.blocked])
    for code, chance in kept.items():
        own = [(rule, span) for rule, span in ruled if rule.code == code]
        for rule, span in own:
            yield _reason(code, span, body, rule.id, chance)
        if not own and not any(m.rule.code == code and not m.blocked for m in matches):
            yield _reason(code, _best_clause(sentence, code, body, model), body, _MODEL, chance)


def _best_clause(sentence: Sentence, code: ReasonCode, body: str, model: ReasonModel) -> Span:
    between = [m.span() for m in clause_border("reasons.toml").finditer(body, sentence.start, sentence.end)]
    borders = [sentence.start, *(end for _, end in between), sentence.end]
    ends = [*(start for start, _ in between), sentence.end]
    clauses = [strip(body, span) for span in zip(borders[:-1], ends, strict=True)]
    clauses = [span for span in clauses if span[0] < span[1]] or [(sentence.start, sentence.end)]
    scores = model.odds_of_clause([_clause(span, body) for span in clauses])
    return clauses[int(scores[:, CODES.index(code)].argmax())]


def _clause(span: Span, body: str) -> Stated:
    """A clause as if it were a sentence."""
    text = body[slice(*span)]
    words = tuple(filter(None, map(normal_form, _WORD.findall(text))))
    sentence = Sentence(start=span[0], end=span[1], tokens=words, cues=(), position=0.0)
    return describe_all([sentence], body, [matches_in(text, start=span[0])])[0]


def _unbeaten(found: Sequence[Match]) -> list[tuple[Rule, Span]]:
    out: dict[tuple[str, Span], Rule] = {}
    for m in sorted(found, key=lambda m: m.span):
        if not _beaten(m.rule, m.span, [(o.rule, o.span) for o in found]):
            out.setdefault((m.rule.code, m.span), m.rule)
    return [(rule, span) for (_, span), rule in out.items()]


def _beaten(rule: Rule, span: Span, found: list[tuple[Rule, Span]]) -> bool:
    for other, place in found:
        if other.code != rule.code and rule.code in table("reasons.toml", "stronger").get(other.code, ()) and overlaps(span, place):
            return True
        if other.code == rule.code and overlaps(span, place) and (place[1] - place[0], span[0]) > (span[1] - span[0], place[0]):
            return True  # of two quotes of one code that overlap, the longer one stays, of equal ones the first
    return False
