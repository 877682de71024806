"""The spaCy components, registered as entry points so that any pipeline can name them. They keep nothing between documents."""

from __future__ import annotations

import re

from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

from refusal_nlp.lexicon.load import rules
from refusal_nlp.mail.zones import zones

ZONES = "refusal_zones"
CUES = "refusal_cues"
SUBJECT = "refusal_subject"  # key of doc.user_data: the subject line, which tells a forwarded message from a quoted one

_BULLET = re.compile(r"[ \t]*(?:[-*•·–>o]|\(?\d{1,2}[.)])[ \t]+\S")
_ITEM_NUMBER = re.compile(r"(?:\A|\n)[ \t]*\(?\d{1,2}[.)][ \t]*\Z")
_WRAP_WIDTH = 52  # a line shorter than this was ended by its writer, a longer one probably by the mail program


@Language.component("refusal_zones")
def mark_zones(doc: Doc) -> Doc:
    """Mark quoted mail, signature and footer in ``doc.spans["refusal_zones"]``."""
    found = []
    for zone in zones(doc.text, doc.user_data.get(SUBJECT)):
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
    text = doc.text
    borders = {span.start for span in doc.spans.get(ZONES, ())} | {span.end for span in doc.spans.get(ZONES, ())}
    for token in doc[1:]:
        if token.i in borders:
            token.is_sent_start = True
            continue
        before = doc[token.i - 1]
        if _ITEM_NUMBER.search(text[max(0, token.idx - 8) : token.idx]):
            token.is_sent_start = False  # the sentencizer takes the full stop of "1." for an end
            continue
        if "\n" not in before.text or token.is_space:
            continue
        line_start = text.rfind("\n", 0, before.idx) + 1
        short = before.idx - line_start < _WRAP_WIDTH
        ended = text[max(0, before.idx - 1) : before.idx] in {":", ",", ".", "!", "?", ";"}
        if before.text.count("\n") > 1 or _BULLET.match(text, token.idx) or (short and (ended or text[token.idx].isupper())):
            token.is_sent_start = True
    return doc


@Language.component("refusal_cues")
def mark_cues(doc: Doc) -> Doc:
    """Mark what the signal rules find in ``doc.spans["refusal_cues"]``: label = code, id = rule."""
    found: list[Span] = []
    for sentence in doc.sents:
        text, offset = sentence.text, sentence.start_char
        for rule in rules("signals.toml"):
            for match in rule.pattern.finditer(text):
                span = doc.char_span(offset + match.start(), offset + match.end(), label=rule.code, span_id=rule.id, alignment_mode="expand")
                if span is not None:
                    found.append(span)
    doc.spans[CUES] = SpanGroup(doc, name=CUES, spans=found)
    return doc
