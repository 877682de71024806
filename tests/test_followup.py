import re

import pytest

from refusal_nlp.followup import suggest, wording
from refusal_nlp.types import Advice, Facts, Label, Mail, Reason, ReasonCode, Signal, SignalCode

KINDS = [Label.CATEGORICAL, Label.EVASIVE, Label.KEPT_ON_FILE]


def signal(code):
    return Signal(code=SignalCode(code), quote="x", start=0, end=1)


def reason(code):
    return Reason(code=ReasonCode(code), side=ReasonCode(code).side, quote="x", start=0, end=1, rule="r", confidence=1.0)


def make(label=Label.CATEGORICAL, signals=(), reasons=(), contact="Ana Ruiz", sender="Ana Ruiz <ana@brot.example>", role=None, body="x", subject="Your letter"):
    mail = Mail(body=body, subject=subject, sender=sender)
    return suggest(mail, label, [signal(s) for s in signals], [reason(r) for r in reasons], Facts(contact=contact, role=role))


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        ({}, Advice.ASK_GENERAL),
        ({"reasons": ["skills"]}, Advice.ASK),
        ({"label": Label.KEPT_ON_FILE}, Advice.ASK),
        ({"label": Label.EVASIVE}, Advice.ASK_GENERAL),
        ({"signals": ["feedback_declined"], "reasons": ["skills"]}, Advice.THANK_ONLY),
        ({"signals": ["feedback_given"]}, Advice.THANK_ONLY),
        ({"reasons": ["protected"]}, Advice.THANK_ONLY),
        ({"sender": "no-reply@brot.example", "contact": None}, Advice.DO_NOT_WRITE),
        ({"sender": None, "contact": None, "signals": ["no_reply"]}, Advice.DO_NOT_WRITE),
        ({"sender": "no-reply@brot.example"}, Advice.ASK_GENERAL),
    ],
)
def test_advice(arguments, advice):
    assert make(**arguments).advice is advice


def test_better_not_write_carries_no_draft():
    f = make(sender="no-reply@brot.example", contact=None)
    assert (f.question, f.subject, f.body) == (None, None, None)
    assert f.why


@pytest.mark.parametrize("label", KINDS)
@pytest.mark.parametrize("code", [None, *ReasonCode])
@pytest.mark.parametrize("signals", [[], ["interviewed"], ["feedback_declined"]])
@pytest.mark.parametrize("contact", [None, "Ana Ruiz"])
def test_every_draft_is_polite_and_complete(label, code, signals, contact):
    for body in ("a", "b", "c"):
        f = make(label, signals, [code] if code else [], contact, role="Night Baker", body=body)
        assert f.body and f.subject
        assert 45 <= len(f.body.split()) <= 120
        assert "{" not in f.body
        assert re.findall(r"\[[^]]*\]", f.body) == ["[your name]"]
        assert f.body.count("?") == (f.question is not None)
        if f.question:
            assert f.question in f.body and f.question.endswith("?") and f.question.count("?") == 1 and len(f.question.split()) <= 30
        assert not re.search(r"unfortunately|why (?:did|was|were)|deserve|please explain|reconsider|demand|unfair|!", f.body, re.I)
        if "interviewed" not in signals:
            assert "conversation" not in f.body


def test_every_reason_but_protected_has_its_question():
    assert {row["code"] for row in wording()["question"]} >= {str(c) for c in ReasonCode} - {"protected"}


def test_the_same_message_gets_the_same_text_and_others_vary():
    assert make(body="one") == make(body="one")
    assert len({make(body=str(i), reasons=["experience"]).question for i in range(20)}) > 1


@pytest.mark.parametrize(
    ("subject", "reply"),
    [("Your letter", "Re: Your letter"), ("RE: Fwd: Your letter", "Re: Your letter"), (None, "Re: My application"), ("", "Re: My application")],
)
def test_subject_continues_theirs(subject, reply):
    assert make(subject=subject).subject == reply


def test_contact_and_role_are_used():
    f = make(role="Night Baker")
    assert f.body.startswith("Dear Ana Ruiz,")
    assert "Night Baker" in f.body
