import re
import subprocess
import sys

import pytest

import refusal_nlp
from refusal_nlp.legal import legal_notes
from refusal_nlp.types import Advice

LETTER = "Dear Mira,\n\nthank you for applying. We have decided not to offer you the job, because {}.\n\nKind regards\nAna Ruiz\n"
AGE = LETTER.format("at fifty you are too old for this work")
YOUNG = LETTER.format("you would not be happy in our young team, and you are overqualified")


@pytest.mark.parametrize(
    ("words", "ground"),
    [
        ("at fifty you are too old for this work", "age"),
        ("you are expecting a baby", "pregnancy or parenthood"),
        ("we are looking for a man", "sex"),
        ("your illness does not go with the hours", "disability or health"),
        ("your religion does not go with the hours", "religion or belief"),
    ],
)
def test_a_stated_ground_is_named_and_quoted(words, ground):
    text = LETTER.format(words)
    a = refusal_nlp.analyze(text)
    stated = [s for s in a.sensitive if s.kind == "stated"]
    assert [s.ground for s in stated] == [ground]
    assert all(text[s.start : s.end] == s.quote for s in stated)
    assert {n.region for n in a.legal_notes} == {"United Kingdom", "European Union", "Germany", "United States"}
    assert a.follow_up.advice is Advice.THANK_ONLY


def test_words_that_may_stand_for_a_ground_are_marked_and_no_more():
    a = refusal_nlp.analyze(YOUNG)
    assert {(s.kind, s.ground, s.quote) for s in a.sensitive} == {("proxy", "age", "young team"), ("proxy", "age", "overqualified")}
    assert a.legal_notes == ()


def test_an_ordinary_refusal_has_neither():
    a = refusal_nlp.analyze(LETTER.format("another applicant has more experience"))
    assert (a.sensitive, a.legal_notes) == ((), ())


def test_notes_can_be_switched_off():
    for a in (refusal_nlp.analyze(AGE, legal_notes=False), refusal_nlp.load(legal_notes=False).read(AGE)):
        assert (a.sensitive, a.legal_notes) == ((), ())
        assert a.reasons and a.follow_up


def test_notes_are_dated_sourced_and_accuse_nobody():
    assert len(legal_notes()) == 4
    for note in legal_notes():
        assert re.fullmatch(r"20\d\d-[01]\d", note.seen) and note.source and note.region
        assert not re.search(r"\b(?:you (?:were|are|have been) discriminated|they broke|illegal|guilty|sue)\b", note.text, re.I)


@pytest.mark.parametrize(("option", "shown"), [([], True), (["--no-legal-notes"], False)])
def test_the_screen_shows_them_as_information(option, shown):
    done = subprocess.run([sys.executable, "-m", "refusal_nlp", "classify", "-", *option], capture_output=True, text=True, input=AGE, check=True)
    assert ("information, not advice" in done.stdout) is shown
    assert ("names age" in done.stdout) is shown
