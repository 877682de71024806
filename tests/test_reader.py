import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refusal_nlp.types import Label, Mail, ReasonCode, SignalCode

REFUSAL = """Dear Mira,

thank you for coming to see us. After two long evenings the panel has decided to offer the post to another candidate, who has more experience in archives.

We will keep your papers and get in touch when another post of this kind comes up.

Graham Pell"""


def field_text(mail, field):
    return {"body": mail.body, "subject": mail.subject, "sender": mail.sender}[field]


def test_a_refusal_is_explained(reader):
    mail = Mail(body=REFUSAL, subject="Archivist", sender="Graham Pell <g.pell@larkhill.example>")
    a = reader.read(mail)
    assert a.label is Label.KEPT_ON_FILE
    assert a.is_refusal and 0 <= a.confidence <= 1
    assert sum(a.probabilities.values()) == pytest.approx(1)
    assert {SignalCode.DECISION, SignalCode.RETENTION} <= {s.code for s in a.signals}
    assert {ReasonCode.OTHER_CANDIDATE, ReasonCode.EXPERIENCE} == {r.code for r in a.reasons}
    assert a.facts.contact == "Graham Pell"
    assert a.follow_up is not None
    assert json.loads(json.dumps(a.to_dict()))["label"] == "kept_on_file"


def test_other_mail_carries_nothing(reader):
    a = reader.read("Your parcel 4711 is on its way and arrives on Friday.")
    assert (a.label, a.signals, a.reasons, a.follow_up) == (Label.NOT_REFUSAL, (), (), None)


def test_quotes_are_exact_on_all_our_data(reader, examples):
    mails = [e.mail for e in examples[:300]]
    for mail, a in zip(mails, reader.read_many(mails), strict=True):
        for item in (*a.signals, *a.reasons):
            assert field_text(mail, item.field)[item.start : item.end] == item.quote != ""


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.none() | st.text(max_size=30), st.none() | st.text(max_size=30))
def test_any_text_is_read(reader, body, subject, sender):
    mail = Mail(body=body, subject=subject, sender=sender)
    a = reader.read(mail)
    for item in (*a.signals, *a.reasons):
        assert field_text(mail, item.field)[item.start : item.end] == item.quote


def test_read_many_keeps_the_order_and_is_lazy(reader):
    def endless():
        while True:
            yield "Thank you for applying. Unfortunately we have decided to offer the post to another candidate."
            yield "Your parcel is on its way and will arrive on Friday."

    stream = reader.read_many(endless())
    labels = [next(stream).is_refusal for _ in range(4)]
    assert labels == [True, False, True, False]


def test_two_processes_give_the_same(reader, few):
    mails = [e.mail for e in few]
    assert list(reader.read_many(mails, n_jobs=2)) == list(reader.read_many(mails))
