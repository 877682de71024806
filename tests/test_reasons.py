"""Each stated reason beside a twin that states none."""

import pytest

from refusal_nlp.features import describe
from refusal_nlp.pipeline.build import build_pipeline, make_docs
from refusal_nlp.reasons import find_reasons
from refusal_nlp.types import Mail

NLP = build_pipeline()


def reasons(text):
    mail = Mail(body=text)
    doc = next(iter(make_docs(NLP, [mail])))
    return find_reasons([describe(doc, mail)], [mail])[0]


def codes(text):
    return {str(r.code) for r in reasons(text)}


TWINS = [
    ("other_candidate", "We have given the post to another applicant.", "We have sent the form to every applicant."),
    ("other_candidate", "There were candidates who matched the profile more closely.", "Candidates are asked to sign in at the gate."),
    ("internal_candidate", "The job goes to an internal candidate.", "The internal telephone is out of order."),
    ("filled", "Sadly the position has already been filled.", "The position is described on our site."),
    ("cancelled", "Because of a hiring freeze we cannot go on.", "The freezer stands in the yard."),
    ("volume", "Due to the very high number of applications we could not invite everybody.", "A number of colleagues say hello."),
    ("requirements", "Your profile does not meet our requirements.", "We meet in the hall at nine."),
    ("fit", "We felt that you were not the right fit for the team.", "The shoes fit well."),
    ("experience", "You do not have enough experience with night shifts.", "We enjoyed hearing of your experience abroad."),
    ("experience", "We need somebody with more experience in audit.", "This is no reflection on your experience."),
    ("overqualified", "With your doctorate you are overqualified for the till.", "You are well qualified for the till."),
    ("skills", "You lack the necessary skills in welding.", "Although your skills are impressive, we shall not go on."),
    ("education", "The post requires a degree in pharmacy.", "We wish you luck with your degree."),
    ("language", "Your German is not yet good enough for the ward.", "Our German office will write to you."),
    ("salary", "Your salary expectations are above what we can pay.", "The salary is paid monthly."),
    ("motivation", "We missed real enthusiasm for the trade.", "We share your enthusiasm for the trade."),
    ("preparation", "Your answers in the interview were too vague.", "Thank you for your answers."),
    ("assessment", "Your score in the typing test was below the pass mark.", "The typing test takes an hour."),
    ("discrepancy", "We found inconsistencies between your CV and the certificates.", "Please send your CV and the certificates."),
    ("conduct", "You arrived half an hour late for the interview.", "It is late, and I still have letters to write."),
    ("location", "We need somebody who lives near the depot.", "Our depot lies near the station."),
    ("work_permit", "We cannot sponsor a visa for this post.", "We visited your stand at the fair."),
    ("availability", "We need somebody who can start immediately.", "We start work at nine."),
    ("application", "Your application reached us after the closing date.", "Your application reached us safely."),
    ("protected", "At fifty-eight you are too old for the crew.", "It was not because of your age."),
]


@pytest.mark.parametrize(("code", "stated", "not_stated"), TWINS)
def test_a_reason_and_its_twin(code, stated, not_stated):
    assert code in codes(stated)
    assert code not in codes(not_stated)


@pytest.mark.parametrize(
    "text",
    [
        "If another post suits your experience, we will write.",
        "Candidates are sometimes refused for gaps in their CV.",
        "We are an equal opportunities employer and hire regardless of age, faith or nationality.",
        "While we were impressed by your experience, we shall not go on.",
        "> You do not have enough experience.\nThank you for telling me, I shall think about it.",
    ],
)
def test_what_is_no_reason_stays_out(text):
    assert codes(text) == set()


def test_quotes_are_exact():
    text = "Hello.\n\nThe position has\nbeen filled, and your salary expectations are above our range."
    found = reasons(text)
    assert {r.code for r in found} == {"filled", "salary"}
    assert all(text[r.start : r.end] == r.quote for r in found)
    assert [r.side for r in found] == ["employer", "candidate"]
