import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refusal_nlp.followup import lint, shipped_wording, suggest
from refusal_nlp.types import Advice, Facts, Label, Mail, Reason, ReasonCode, Signal, SignalCode, Stage

KINDS = [Label.CATEGORICAL, Label.EVASIVE, Label.KEPT_ON_FILE]
CANDIDATE_SIDE = [c for c in ReasonCode if c.side == "candidate"]


def signal(code):
    return Signal(code=SignalCode(code), quote="x", start=0, end=1)


def reason(code, quote="x"):
    return Reason(code=ReasonCode(code), side=ReasonCode(code).side, quote=quote, start=0, end=1, rule="r", confidence=1.0)


def make(label=Label.CATEGORICAL, signals=(), reasons=(), sender="Ana Ruiz <ana@brot.example>", body="x", subject="Your letter", **facts):
    mail = Mail(body=body, subject=subject, sender=sender)
    found = Facts(**({"contact": "Ana Ruiz"} | facts))
    return suggest(mail, label, [signal(s) for s in signals], [r if isinstance(r, Reason) else reason(r) for r in reasons], found)


NOBODY = {"sender": "no-reply@brot.example", "contact": None}


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        ({}, Advice.ASK_GENERAL),
        ({"reasons": ["skills"]}, Advice.ASK),
        ({"reasons": ["other_candidate"]}, Advice.ASK),
        ({"stage": Stage.INTERVIEWED}, Advice.ASK),
        ({"label": Label.KEPT_ON_FILE}, Advice.ASK),
        ({"label": Label.EVASIVE}, Advice.ASK),
        ({"signals": ["feedback_offered"]}, Advice.ASK),
        ({"signals": ["feedback_declined"], "reasons": ["skills"]}, Advice.THANK_ONLY),
        ({"signals": ["feedback_given"]}, Advice.THANK_ONLY),
        ({"reasons": ["protected", "skills"]}, Advice.THANK_ONLY),
        ({"reasons": ["skills"], "body": "As for feedback, the second task had no tests."}, Advice.THANK_ONLY),
        (NOBODY, Advice.DO_NOT_WRITE),
        (NOBODY | {"signals": ["feedback_declined"]}, Advice.DO_NOT_WRITE),
        ({"sender": None, "contact": None, "signals": ["no_reply"]}, Advice.DO_NOT_WRITE),
        ({"sender": "Brot <brot@myworkday.com>", "contact": None}, Advice.DO_NOT_WRITE),
        ({"sender": "jobs@brot.example", "contact": None, "body": "This mailbox is not monitored."}, Advice.DO_NOT_WRITE),
        ({"sender": None, "contact": None, "body": "Status: not selected."}, Advice.DO_NOT_WRITE),
        ({"sender": "jobs@brot.example", "contact": None, "body": "Status: not selected."}, Advice.ASK_GENERAL),
        ({"sender": "no-reply@brot.example"}, Advice.ASK_GENERAL),
    ],
)
def test_advice(arguments, advice):
    assert make(**arguments).advice is advice


LETTER = "Dear Mira,\n\nthe post is filled.\n\nKind regards\nAna Ruiz\nana.ruiz@brot.example\n"


@pytest.mark.parametrize(
    ("arguments", "send_to"),
    [
        ({}, "Ana Ruiz <ana@brot.example>"),
        ({"sender": "jobs@brot.example"}, "jobs@brot.example"),
        ({"sender": None}, "Ana Ruiz"),
        ({"sender": None, "contact": None}, None),
        ({"sender": "no-reply@brot.example"}, "Ana Ruiz"),
        ({"sender": "no-reply@brot.example", "body": LETTER}, "Ana Ruiz <ana.ruiz@brot.example>"),
        (NOBODY | {"body": "With questions, write to jobs@brot.example please."}, "jobs@brot.example"),
        (NOBODY | {"body": "If you need accommodations, write to help@brot.example."}, None),
        (NOBODY | {"body": "This was sent to mira@gmail.com. Contact noreply@brot.example."}, None),
        ({"sender": "Brot <brot@myworkday.com>", "body": LETTER}, "Ana Ruiz <ana.ruiz@brot.example>"),
    ],
)
def test_send_to(arguments, send_to):
    assert make(**arguments).send_to == send_to


def test_another_address_is_explained():
    f = make(sender="no-reply@brot.example", body=LETTER)
    assert "Ana Ruiz <ana.ruiz@brot.example>" in f.why and f.why.endswith(".")


def test_better_not_write_carries_no_draft():
    f = make(**NOBODY)
    assert (f.question, f.subject, f.body, f.send_to) == (None, None, None, None)
    assert f.why


@pytest.mark.parametrize("stage", [None, Stage.INTERVIEWED, Stage.TESTED])
@pytest.mark.parametrize("label", KINDS)
@pytest.mark.parametrize("code", [None, *ReasonCode])
@pytest.mark.parametrize("signals", [[], ["feedback_offered"], ["feedback_declined"], ["feedback_given"]])
def test_every_draft_is_polite_and_complete(label, code, signals, stage):
    for body in ("Dear Mira, a", "Hi Mira, b", "c"):
        for contact in (None, "Ana Ruiz"):
            f = make(label, signals, [code] if code else [], body=body, role="Night Baker", contact=contact, stage=stage)
            assert lint(f, interviewed=stage is Stage.INTERVIEWED, kept=label is Label.KEPT_ON_FILE) == ()
            assert f.body and re.findall(r"\[[^]]*\]", f.body) == ["[your name]"]
            assert f.body.count("?") == (f.question is not None)


names = st.one_of(
    st.none(), st.sampled_from(["Ana Ruiz", "Dr Jo de Wit", "O’Neill", "Court & Sons", "Yahoo!", "Amazing Grace", "{role}", "Nil?"]), st.text(max_size=40)
)
quotes = st.one_of(
    st.sampled_from(["more experience with court work", "stronger Python", "German at level C1", "60,000", "skills in {x}"]), st.text(max_size=60)
)


@settings(max_examples=300, deadline=None)
@given(
    label=st.sampled_from(KINDS),
    signals=st.lists(st.sampled_from(list(SignalCode)), max_size=4),
    reasons=st.lists(st.tuples(st.sampled_from(list(ReasonCode)), quotes), max_size=4),
    facts=st.fixed_dictionaries({"company": names, "role": names, "contact": names, "stage": st.sampled_from([None, *Stage])}),
    body=st.text(max_size=200),
    subject=st.none() | st.text(max_size=60),
    sender=st.none() | st.sampled_from(["no-reply@x.example", "Ana <ana@x.example>", "x"]),
)
def test_any_message_gets_a_polite_draft_or_none(label, signals, reasons, facts, body, subject, sender):
    f = make(label, signals, [reason(*r) for r in reasons], sender, body, subject, **facts)
    shown = [v for v in (facts["contact"],) if v]
    assert lint(f, interviewed=facts["stage"] is Stage.INTERVIEWED, kept=label is Label.KEPT_ON_FILE, names=shown) == ()
    assert (f.body is None) == (f.advice is Advice.DO_NOT_WRITE)
    assert (f.question is None) == (f.advice in {Advice.DO_NOT_WRITE, Advice.THANK_ONLY})
    assert f == make(label, signals, [reason(*r) for r in reasons], sender, body, subject, **facts)


def test_every_suggestion_for_our_own_messages_is_polite(reader, examples):
    refusals = [e.mail for e in examples if e.label != Label.NOT_REFUSAL][::4]
    bodies = Counter()
    for a in reader.read_many(refusals):
        if a.follow_up is None:
            continue
        named = [n for n in (a.facts.contact, a.facts.company, a.facts.role) if n]
        assert lint(a.follow_up, interviewed=a.facts.stage is Stage.INTERVIEWED, kept=a.label is Label.KEPT_ON_FILE, names=named) == ()
        if body := a.follow_up.body:
            for name in named:
                body = body.replace(name, "")
            bodies[body] += 1
    assert sum(bodies.values()) > 200
    assert sum(n for n in bodies.values() if n > 1) <= 0.05 * sum(bodies.values())


def test_every_reason_but_protected_has_its_own_question():
    table = shipped_wording().table["question"]
    lists = [table[str(c)] for c in ReasonCode if c is not ReasonCode.PROTECTED]
    assert len(set(lists)) == 22
    assert "protected" not in table


@pytest.mark.parametrize(
    ("code", "quote", "words"),
    [
        ("experience", "more experience with hospital data", "with hospital data"),
        ("experience", "more experience in audit than you have", "in audit"),
        ("experience", "someone with more Java experience", "experience with Java"),
        ("skills", "somebody with stronger Python", "Python"),
        ("skills", "lacking knowledge of tax law", "tax law"),
        ("language", "requires native-level German", "German"),
        ("assessment", "the score in your coding challenge", "coding challenge"),
    ],
)
def test_the_question_names_what_the_reason_names(code, quote, words):
    assert words in make(reasons=[reason(code, quote)]).question


@pytest.mark.parametrize("quote", ["experience more closely matches our needs", "more experience in your field", "experience in the role"])
def test_nothing_is_named_where_nothing_can_be(quote):
    assert "experience" in make(reasons=[reason("experience", quote)]).question


def test_questions_fit_the_reason():
    asked = {code: " ".join(make(reasons=[code], body=str(i)).question for i in range(9)) for code in ReasonCode if code != "protected"}
    assert "range" in asked["salary"]
    assert re.search("opening|similar role", asked["filled"]) and re.search("again|anew", asked["cancelled"])
    assert "experience" in asked["experience"] and "skill" in asked["skills"] and "test" in asked["assessment"]
    assert not re.search("permit|origin|age", asked["fit"])


def test_the_known_range_is_not_asked_for_again():
    asked = {make(reasons=[reason("salary", "the 70,000 that you expect")], body=str(i)).question for i in range(9)}
    assert not any("range of" in q or "range you usually have" in q for q in asked) and asked


def test_the_kind_decides_where_the_reason_lies_with_the_employer():
    stay = {make(Label.KEPT_ON_FILE, reasons=["other_candidate"], body=str(i)).question for i in range(20)}
    assert stay <= set(shipped_wording().table["question"]["kept_on_file"])
    door = {make(Label.EVASIVE, reasons=["volume"], body=str(i)).question for i in range(20)}
    assert door <= set(shipped_wording().table["question"]["evasive"])
    assert make(Label.EVASIVE, reasons=["cancelled"]).question in shipped_wording().table["question"]["cancelled_evasive"]
    assert "skill" in make(Label.KEPT_ON_FILE, reasons=["skills"]).question


def test_the_concrete_reason_comes_before_the_formula():
    assert "skill" in make(reasons=["volume", "other_candidate", "skills"]).question


def test_an_interview_is_thanked_for_and_asked_about_only_where_it_was():
    with_it = make(stage=Stage.INTERVIEWED)
    assert re.search("conversation|interview|speak|talk", with_it.body)
    assert re.search("conversation|interview|answers", with_it.question)
    assert not re.search("conversation|interview|my answers", make(signals=["interviewed"]).body)
    assert "test" in make(stage=Stage.TESTED).body


def test_no_argument_about_a_protected_ground():
    f = make(reasons=[reason("protected", "too old for the team")])
    assert f.question is None and "old" not in f.body and "law" not in f.body


@pytest.mark.parametrize(
    ("body", "facts", "greeting"),
    [
        ("Dear Mira,", {}, "Dear Ana Ruiz,"),
        ("Dear Mira,", {"contact": "Dr Ana Ruiz"}, "Dear Dr Ana Ruiz,"),
        ("Hey Mira, no luck!", {}, ("Hi Ana,", "Hello Ana,")),
        ("Hey Mira, no luck!", {"contact": "Dr Ana Ruiz"}, "Dear Dr Ana Ruiz,"),
        ("Dear Mira,", {"contact": None, "company": "Brot"}, ("Dear Brot team,", "Dear hiring team at Brot,")),
        ("Dear Mira,", {"contact": None, "company": "Brot, Inc."}, ("Dear Brot team,", "Dear hiring team at Brot,")),
        ("Hi Mira,", {"contact": None, "company": "Brot"}, ("Hello Brot team,", "Hello all at Brot,")),
        ("Dear Mira,", {"contact": None}, "Dear hiring team,"),
        ("Hi Mira,", {"contact": None}, ("Hello,", "Hello everyone,")),
    ],
)
def test_the_greeting_answers_theirs(body, facts, greeting):
    assert make(body=body, sender="x@brot.example", **facts).body.startswith(greeting)


@pytest.mark.parametrize(
    ("role", "words"),
    [
        ("Night Baker", "the Night Baker role"),
        ("NIGHT BAKER", "the Night Baker role"),
        ("Summer Internship", "the Summer Internship"),
        ("Baker 20345", None),
        ("Head of Something Very Long With Many Words", None),
        ("Baker (m/f/d)?", None),
    ],
)
def test_the_role_is_named_where_it_can_stand_in_a_sentence(role, words):
    body = make(role=role).body
    assert words in body if words else "the Head" not in body and "Baker" not in body


def test_the_same_message_gets_the_same_text_and_others_vary():
    assert make(body="one") == make(body="one")
    assert len({make(body=str(i), reasons=["experience"]).question for i in range(20)}) > 1
    assert len({make(body=str(i), reasons=["other_candidate"]).body for i in range(300)}) > 290


@pytest.mark.parametrize(
    ("subject", "reply"),
    [
        ("Your letter", "Re: Your letter"),
        ("RE: Fwd: Your letter", "Re: Your letter"),
        ("Re[2]: AW: Your letter", "Re: Your letter"),
        (None, "Re: My application"),
        ("", "Re: My application"),
        ("Update on [Role Name]", "Re: My application"),
        ("Your {job} application", "Re: My application"),
        ("[Brot] Your letter", "Re: [Brot] Your letter"),
    ],
)
def test_subject_continues_theirs(subject, reply):
    assert make(subject=subject).subject == reply


def test_quoted_mail_does_not_set_the_tone():
    f = make(
        body="Dear Mira,\n\nthe post is filled.\n\nOn 3 May 2021, Mira wrote:\n> Hey there! noreply@x.example is not monitored!",
        sender="jobs@x.example",
        contact=None,
    )
    assert f.body.startswith("Dear") and f.advice is Advice.ASK_GENERAL


def test_a_row_and_the_screen_say_whom_to_write_to(reader, capsys):
    from refusal_nlp.cli.screen import show_analysis
    from refusal_nlp.report.rows import row_of

    mail = Mail(
        body="Dear Mira,\n\nwe have decided not to offer you the job.\n\nKind regards\nAna Ruiz\nana.ruiz@brot.example\n", sender="no-reply@brot.example"
    )
    found = reader.read(mail)
    row = row_of(mail, found)
    assert row["send_to"] == "Ana Ruiz <ana.ruiz@brot.example>"
    assert (row["advice"], row["question"], row["reply_subject"], row["reply_body"]) == (
        str(found.follow_up.advice),
        found.follow_up.question,
        found.follow_up.subject,
        found.follow_up.body,
    )
    show_analysis(mail, found)
    shown = capsys.readouterr().out
    assert f"To: {row['send_to']}\nSubject: {row['reply_subject']}\n\n{row['reply_body']}\n" in shown
