import pytest
from hypothesis import given
from hypothesis import strategies as st

from refusal_nlp.mail.address import takes_no_reply
from refusal_nlp.mail.zones import own_spans, zones

OWN = "Thank you for the answer, I am glad to hear it."


def own(text, subject=None):
    return " ".join(text[s:e] for s, e in own_spans(text, subject))


@pytest.mark.parametrize(
    "tail",
    [
        "\n> We chose somebody else.\n> Regards\n",
        "\n\nOn 3 May 2024, Ana Ruiz <ana@brot.example> wrote:\n> We chose somebody else.\n",
        "\n\nOn 3 May 2024, Ana Ruiz wrote:\nWe chose somebody else.\n",
        "\n\n-----Original Message-----\nFrom: Ana\nWe chose somebody else.\n",
        "\n\nFrom: Ana Ruiz\nSent: Friday\nTo: Bo\nSubject: No\n\nWe chose somebody else.\n",
        "\n\nAm 3. Mai 2024 um 10:00 schrieb Ana Ruiz:\n\nWe chose somebody else.\n",
    ],
)
def test_quoted_mail_is_not_the_writers_own(tail):
    assert "somebody else" not in own(OWN + tail)
    assert OWN in own(OWN + tail)


def test_answers_between_marked_lines_stay():
    text = "On 3 May 2024, Ana wrote:\n> Can you come?\nYes, I can come on Monday.\n> And then?\nThen we eat.\n"
    assert "come on Monday" in own(text) and "Then we eat" in own(text)
    assert "Can you come" not in own(text)


@pytest.mark.parametrize(
    ("note", "subject"), [("FYI, see below.\n", None), (OWN + "\n", "Fwd: your application"), ("---------- Forwarded message ---------\n", None)]
)
def test_a_forwarded_message_is_content(note, subject):
    assert "somebody else" in own(note + "\n-----Original Message-----\nFrom: Ana\nWe chose somebody else.\n", subject)


def test_nothing_but_quotation_is_content():
    assert "somebody else" in own("> We chose somebody else.\n")


def test_signature_and_footer():
    text = OWN + "\n\nMore words stand here, and more.\n\nThis email and any attachments are confidential.\nDelete it.\n"
    assert "confidential" not in own(text)
    assert [z.kind for z in zones(OWN + "\n-- \nAna\n+49 1")] == ["signature"]


@given(st.text("ab >\n-:", max_size=80))
def test_zones_lie_in_order_within_the_text(text):
    at = 0
    for zone in zones(text):
        assert at <= zone.start < zone.end <= len(text)
        at = zone.end


@pytest.mark.parametrize("sender", ["no-reply@x.example", "NoReply <a@x.example>", "Jobs <donotreply@x.example>", "no_reply@x.example"])
def test_addresses_that_take_no_mail(sender):
    assert takes_no_reply(sender)


@pytest.mark.parametrize("sender", [None, "reply@x.example", "Norepley Jones <nora@x.example>", "jobs@x.example"])
def test_addresses_that_take_mail(sender):
    assert not takes_no_reply(sender)


def test_addresses_and_links_that_stand_alone_are_left_out_and_what_follows_them_is_not():
    text = "Dear Ana,\nwe gave the post away.\n1. https://jobs.byrne.example/a\nByrne Freight | 12 Quay Rd #4, Salem, OR 97301\nWe wish you well."
    assert "".join(text[s:e] for s, e in own_spans(text)).split("\n") == ["Dear Ana,", "we gave the post away.", "", "", "We wish you well."]
