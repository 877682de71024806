"""The spaCy components, registered as entry points so that any pipeline can name them. They keep nothing between documents."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc, SpanGroup

from refusal_nlp.lexicon.load import Rule, same_length_casefold
from refusal_nlp.lexicon.search import possible_by_row
from refusal_nlp.mail.zones import zones

ZONES = "refusal_zones"
CUES = "refusal_cues"
SCOPE = "refusal_scope"
SUBJECT = "refusal_subject"  # key of doc.user_data: the subject line, which tells a forwarded message from a quoted one
TEXT = "refusal_text"  # key of doc.user_data: the text, which spaCy would join anew of the tokens at every access

_BULLET = re.compile(r"[ \t]*(?:[-*•·–>o]|\(?\d{1,2}[.)])[ \t]+\S")
_ITEM_NUMBER = re.compile(r"(?:\A|\n)[ \t]*\(?\d{1,2}[.)][ \t]*\Z")
_WRAP_WIDTH = 52  # a line shorter than this was ended by its writer, a longer one probably by the mail program


def text_of(doc: Doc) -> str:
    """Return the text of a document."""
    if TEXT not in doc.user_data:
        doc.user_data[TEXT] = doc.text
    return str(doc.user_data[TEXT])


@Language.component("refusal_zones")
def mark_zones(doc: Doc) -> Doc:
    """Mark quoted mail, signature and footer in ``doc.spans["refusal_zones"]``."""
    found = []
    for zone in zones(text_of(doc), doc.user_data.get(SUBJECT)):
        span = doc.char_span(zone.start, zone.end, label=zone.kind, alignment_mode="expand")
        if span is not None:
            found.append(span)
    doc.spans[ZONES] = SpanGroup(doc, name=ZONES, spans=found)
    return doc


@Language.component("refusal_sentences")
def split_lines(doc: Doc) -> Doc:
    """Start a sentence where the layout does: at empty lines, list items, short lines and zone borders.

    The sentencizer ignores newlines, so that greetings, signatures and list items would melt into their neighbours. Runs after it.
    """
    text = text_of(doc)
    borders = {place for zone in doc.spans.get(ZONES, ()) for place in (zone.start, zone.end)}
    spaces, starts = (doc.to_array(name) for name in ("IS_SPACE", "SENT_START"))
    after_space = np.flatnonzero((spaces[:-1] == 1) & (spaces[1:] == 0)) + 1
    for i in sorted(borders.union(after_space.tolist(), np.flatnonzero(starts == 1).tolist()) - {0, len(doc)}):
        token, before = doc[i], doc[i - 1]
        if i in borders:
            token.is_sent_start = True
        elif starts[i] == 1 and _ITEM_NUMBER.search(text, max(0, token.idx - 8), token.idx):
            token.is_sent_start = False  # the sentencizer takes the full stop of "1." for an end
        elif "\n" in before.text and not token.is_space:
            line_start = text.rfind("\n", 0, before.idx) + 1
            short = before.idx - line_start < _WRAP_WIDTH
            ended = text[max(0, before.idx - 1) : before.idx] in {":", ",", ".", "!", "?", ";"}
            if before.text.count("\n") > 1 or _BULLET.match(text, token.idx) or (short and (ended or text[token.idx].isupper())):
                token.is_sent_start = True
    return doc


@Language.component("refusal_cues")
def mark_cues(doc: Doc) -> Doc:
    """Mark what the signal rules find in ``doc.spans["refusal_cues"]``: label = code, id = rule."""
    found = []
    for start, words, near in _with_rules(doc, "signals.toml"):
        own = words.rstrip()
        for rule in near:
            for match in rule.pattern.finditer(own):
                span = doc.char_span(start + match.start(), start + match.end(), label=rule.code, span_id=rule.id, alignment_mode="expand")
                if span is not None:
                    found.append(span)
    doc.spans[CUES] = SpanGroup(doc, name=CUES, spans=found)
    return doc


@Language.component("refusal_scope")
def mark_scope(doc: Doc) -> Doc:
    """Mark in ``doc.spans["refusal_scope"]`` what is negated, conceded, general, in the future or about something else: label = kind, id = rule.

    A forward cue covers what follows it up to the next terminating cue, a backward cue what stands before it down to the last one, a sentence
    cue the whole sentence (after NegEx: Chapman et al. 2001).
    """
    found = []
    for at, words, scope in _with_rules(doc, "scope.toml"):
        hits = [(rule, match) for rule in scope if rule.code != "end" for match in rule.pattern.finditer(words)]
        ends = [match.span() for rule in scope if rule.code == "end" for match in rule.pattern.finditer(words)] if hits else []
        for rule, match in hits:
            start, end = 0, len(words)
            if rule.code == "forward":
                start, end = match.start(), min((e for e, _ in ends if e >= match.end()), default=end)
            elif rule.code == "backward":
                start, end = max((e for _, e in ends if e <= match.start()), default=0), match.end()
            span = doc.char_span(at + start, at + end, label=rule.code, span_id=rule.id, alignment_mode="expand")
            if span is not None:
                found.append(span)
    doc.spans[SCOPE] = SpanGroup(doc, name=SCOPE, spans=found)
    return doc


def _with_rules(doc: Doc, name: str) -> Iterator[tuple[int, str, list[Rule]]]:
    """Yield each sentence as its offset in characters, its text and the rules of a file that can match in it."""
    text = text_of(doc)
    sentences = list(doc.sents)
    near = possible_by_row(name, same_length_casefold(text), [*(s.start_char for s in sentences), len(text)])
    for sentence, found in zip(sentences, near, strict=True):
        yield sentence.start_char, text[sentence.start_char : sentence.end_char], found
