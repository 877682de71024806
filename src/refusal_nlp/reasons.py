"""Stated reasons of a refusal, quoted. Rules find them; scope keeps out what is negated, conceded, general or about the future."""

from __future__ import annotations

from collections.abc import Sequence

from refusal_nlp.features import Message, Sentence
from refusal_nlp.lexicon.load import Rule, possible, same_length_casefold
from refusal_nlp.spans import Span, overlaps, strip
from refusal_nlp.types import Mail, Reason, ReasonCode

# Where two rules match the same words, the more telling one stays: the code on the left drops those on the right.
_STRONGER = {
    "internal_candidate": {"other_candidate", "filled"},
    "requirements": {"fit"},
    "work_permit": {"location", "experience", "requirements", "skills"},
    "language": {"skills", "requirements"},
    "education": {"skills", "requirements", "experience"},
    "assessment": {"requirements"},
    "overqualified": {"experience"},
    "experience": {"skills"},
    "salary": {"requirements"},
    "availability": {"requirements"},
    "cancelled": {"filled", "requirements"},
    "other_candidate": {"requirements", "fit", "volume", "skills"},
    "fit": {"skills"},
}
_RULE_CONFIDENCE = 0.8


def find_reasons(message: Message, mail: Mail) -> tuple[Reason, ...]:
    """Return the reasons that a refusal states, in the order of the text.

    Parameters
    ----------
    message : Message
        Its sentences are the writer's own words: quoted mail, signatures and footers are left out already.
    mail : Mail
        Offsets of the result are into its body.

    Returns
    -------
    tuple of Reason
        Empty where none is stated. ``mail.body[r.start:r.end] == r.quote`` for each.

    """
    found: list[tuple[Rule, Span]] = []
    for sentence in message.sentences:
        found += _in_sentence(sentence, mail.body)
    kept = [(rule, span) for rule, span in found if not _beaten(rule, span, found)]
    out: dict[tuple[str, Span], Reason] = {}
    for rule, span in sorted(kept, key=lambda item: item[1]):
        code = ReasonCode(rule.code)
        out.setdefault(
            (code, span),
            Reason(code=code, side=code.side, quote=mail.body[slice(*span)], start=span[0], end=span[1], rule=rule.id, confidence=_RULE_CONFIDENCE),
        )
    return tuple(out.values())


def _in_sentence(sentence: Sentence, body: str) -> list[tuple[Rule, Span]]:
    text = body[sentence.start : sentence.end]
    folded = same_length_casefold(text)
    scope = possible("scope.toml", folded)
    if any(r.code == "sentence" and r.pattern.search(text) for r in scope):
        return []
    blocked = _blocked(text, scope)
    out = []
    for rule in possible("reasons.toml", folded):
        for match in rule.pattern.finditer(text):
            span = match.span("span" if "span" in rule.pattern.groupindex else 0)
            span = strip(text, (span[0], _word_end(text, span[1])))
            if span[0] < span[1] and not any(overlaps(span, b) for b in blocked):
                out.append((rule, (sentence.start + span[0], sentence.start + span[1])))
    return out


def _word_end(text: str, end: int) -> int:
    """Move an end that lies within a word to the end of the word: patterns with a limited gap may stop there."""
    while 0 < end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return end


def _blocked(text: str, scope: Sequence[Rule]) -> list[Span]:
    """Stretches that a forward cue covers: to the next end cue, else to the end of the sentence."""
    ends = [m.start() for r in scope if r.code == "end" for m in r.pattern.finditer(text)]
    out = []
    for rule in scope:
        if rule.code == "forward":
            for match in rule.pattern.finditer(text):
                out.append((match.start(), min((e for e in ends if e >= match.end()), default=len(text))))
    return out


def _beaten(rule: Rule, span: Span, found: list[tuple[Rule, Span]]) -> bool:
    for other, place in found:
        if other.code != rule.code and rule.code in _STRONGER.get(other.code, ()) and overlaps(span, place):
            return True
        if other.code == rule.code and overlaps(span, place) and (place[1] - place[0], span[0]) > (span[1] - span[0], place[0]):
            return True  # of two quotes of one code that overlap, the longer one stays, of equal ones the first
    return False
