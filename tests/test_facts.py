import pytest

from refusal_nlp.facts import find_facts
from refusal_nlp.features import describe
from refusal_nlp.pipeline.build import build_pipeline, make_docs
from refusal_nlp.types import Mail

NLP = build_pipeline()


def facts(body, subject=None, sender=None):
    mail = Mail(body=body, subject=subject, sender=sender)
    return find_facts(describe(next(iter(make_docs(NLP, [mail]))), mail), mail)


@pytest.mark.parametrize(
    ("body", "role"),
    [
        ("Thank you for applying for the Senior Baker position at Brot.", "Senior Baker"),
        ("your application for the position of Head of Music at St Anne's", "Head of Music"),
        ("We have filled the post.", None),
        ("Thank you for applying for the position of Night Porter and for your patience.", "Night Porter"),
        ("Thank you for your interest in the role.", None),
    ],
)
def test_role(body, role):
    assert facts(body).role == role


@pytest.mark.parametrize(
    ("sender", "company", "contact"),
    [
        ("Brot & Butter Careers <no-reply@brot.example>", "Brot & Butter", None),
        ("Ana Ruiz <ana@brot.example>", None, "Ana Ruiz"),
        ("jobs@brot.example", None, None),
        (None, None, None),
        ("Talent Acquisition Team <x@y.example>", None, None),
    ],
)
def test_sender(sender, company, contact):
    found = facts("We have filled the post.", sender=sender)
    assert (found.company, found.contact) == (company, contact)


def test_company_and_signature_in_the_text():
    found = facts("Thank you for your interest in Byrne Bakery.\n\nKind regards,\nAoife Byrne\nOwner")
    assert found.company == "Byrne Bakery"
    assert found.contact == "Aoife Byrne"


def test_a_team_is_no_contact():
    assert facts("We filled the post.\n\nKind regards,\nThe Recruitment Team").contact is None
