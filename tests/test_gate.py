import pathlib

import pytest

from conftest import ROOT
from refusal_nlp.gate import P_NOT_REFUSAL, KeptOut, gate, text_of, words_of
from refusal_nlp.lexicon.load import rules
from refusal_nlp.training.data import read_examples
from refusal_nlp.types import Label, Mail

DATA = sorted([ROOT / "data" / "messages.jsonl", *(ROOT / "data" / "held_out").glob("*.jsonl")])
REFUSAL = b"Your application\nThank you for applying. Unfortunately we have decided to offer the position to another candidate.\n"
EVERYDAY = [
    b"Re: kernel oops\nThe patch that you sent does not apply to the stable tree. Is the list of files the same as in the last release? "
    b"The file in mm/ has moved since, and the second hunk touches a line that was split by the printk patch. Run make clean, apply it with fuzz, boot the "
    b"kernel with debug on the command line and mail the log to the list; the oops itself looks like the slab bug of March.\n",
    b"Weekend sale\nGet 20% off all garden tools until Sunday. Click on the link to see all products, or use the code SPADE at the checkout.\n",
    b"[users] Re: backup fails\nIt works if I run the script by hand, but not from cron. Any ideas? The log shows that the path is wrong.\n",
]


@pytest.mark.parametrize("path", DATA, ids=lambda p: pathlib.Path(p).stem)
def test_every_known_refusal_passes(path):
    mails = [e.mail for e in read_examples(path) if e.label is not Label.NOT_REFUSAL]
    assert len(mails) > 50
    assert [m.id for m in mails if gate().keeps_out(text_of(m))] == []


@pytest.mark.parametrize("text", EVERYDAY)
def test_everyday_mail_is_kept_out(text):
    assert gate().keeps_out(text) == KeptOut(english=True)


def test_a_refusal_passes_however_much_stands_around_it():
    footer = b" ".join(b"subscribe%c%c linux kernel http www list archive" % (97 + i % 26, 97 + i // 26) for i in range(300))
    assert gate().keeps_out(footer)
    sure = REFUSAL + b"We regret that your interview was not successful.\n"
    assert gate().keeps_out(sure + footer) is None
    assert gate().keeps_out(footer * 4 + b"\n" + sure) is None


def test_few_words_have_a_threshold_of_their_own():
    note = b"They lean toward someone who knows sales.\n"
    padding = b"".join(b" w%c%c" % (97 + i % 26, 97 + i // 26) for i in range(gate().short_words))
    assert gate().short_threshold < gate().threshold < gate().list_threshold
    assert gate().keeps_out(note) is None
    assert gate().score(words_of(note)) < gate().threshold
    assert gate().keeps_out(note + padding)


def test_a_discussion_list_needs_more():
    vague = b"Hi, thanks for the note, the team is looking at other people at the moment.\n"
    assert gate().list_threshold > gate().threshold
    assert gate().keeps_out(vague) is None
    assert gate().keeps_out(b"Re: build\n" + EVERYDAY[0], to_list=True)
    assert gate().keeps_out(REFUSAL, to_list=True) is None


@pytest.mark.parametrize("rule", rules("languages.toml"), ids=lambda r: r.id)
def test_job_mail_in_another_language_reaches_the_language_check(rule):
    assert gate().keeps_out(rule.example.encode()) is None


def test_other_mail_in_another_language_is_not_judged():
    german = "Guten Tag, Ihre Lieferung wurde heute verschickt und trifft am Freitag bei Ihnen ein. Sie können die Sendung nicht mehr ändern."
    kept = gate().keeps_out(german.encode())
    assert kept.language == "de"
    analysis = kept.analysis("m")
    assert analysis.in_other_language and not analysis.needs_review
    assert analysis.probabilities[Label.NOT_REFUSAL] == 0.5


def test_what_is_kept_out_is_a_sure_not_refusal():
    analysis = KeptOut(english=True).analysis("m 1")
    assert (analysis.label, analysis.model, analysis.needs_review) == (Label.NOT_REFUSAL, "m 1", False)
    assert analysis.confidence == P_NOT_REFUSAL
    assert sum(analysis.probabilities.values()) == pytest.approx(1)


@pytest.mark.parametrize("text", [b"", b"\n", b"\xff\xfe\0\0", b"x" * 500_000, b"\n".join([b"a b"] * 100_000), "\U0001f600".encode() * 9])
def test_any_bytes_are_judged(text):
    assert gate().keeps_out(text).language is None


def test_words_are_the_same_in_any_charset():
    assert words_of("Grüße, you".encode()) == words_of("Grüße, you".encode("cp1252"))


def test_subject_and_body_are_both_looked_at():
    assert words_of(text_of(Mail(subject="One", body="two"))) == {b"one", b"two"}
