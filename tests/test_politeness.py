import pytest

from refusal_nlp.followup import lint
from refusal_nlp.lexicon.load import rules
from refusal_nlp.types import Advice, FollowUp

GOOD = """Dear Ana Ruiz,

Thank you for letting me know how my application was decided. I accept the decision.

I would like to learn from this. Could you tell me one thing that I might strengthen another time? A line or two would be a great help.

I wish you and your colleagues every success.

Kind regards
[your name]"""
QUESTION = "Could you tell me one thing that I might strengthen another time?"


def draft(**changes):
    parts = {"advice": Advice.ASK, "why": "w", "question": QUESTION, "subject": "Re: x", "body": GOOD}
    return FollowUp(**(parts | changes))


def found(thing, **known):
    return {fault.rule for fault in lint(thing, **known)}


def test_a_good_draft_has_no_fault():
    assert lint(draft()) == () == lint(GOOD)


@pytest.mark.parametrize("rule", rules("politeness.toml"), ids=lambda r: r.id)
def test_every_rule_of_wording_strikes_in_a_reply_and_names_its_source(rule):
    example = rule.example.replace("Dear {contact},", "Write to {contact} here.")
    text = GOOD.replace("I would like to learn from this.", example)
    faults = [f for f in lint(text) if f.rule == rule.id]
    assert faults and faults[0].source and faults[0].says and faults[0].text
    assert rule.id not in found(GOOD.replace("I would like to learn from this.", rule.counter_example))


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("Dear Ana Ruiz,\n\n", "", "body.greeting"),
        ("Thank you for letting", "This is about letting", "body.thanks"),
        ("I wish you and your colleagues every success.", "So much for that and for all of it.", "body.wishes"),
        ("\n\nKind regards\n[your name]", "", "body.sign_off"),
        ("I accept the decision.", "Is that so? What then?", "body.questions"),
        ("I would like to learn from this.", "word " * 90, "body.length"),
        ("[your name]", "[your name] [your name]", "body.own_name"),
    ],
)
def test_the_parts_of_a_reply(old, new, rule):
    assert old in GOOD
    assert rule in found(GOOD.replace(old, new))


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"question": "Could you tell me. Or not?"}, "question.sentences"),
        ({"question": "Could you tell me"}, "question.mark"),
        ({"question": "Could you? Would you?"}, "question.mark"),
        ({"question": "Could you " + "really " * 30 + "say?"}, "question.long"),
        ({"question": "Would you mind telling me more?"}, "question.lost"),
        ({"advice": Advice.THANK_ONLY}, "question.unwanted"),
        ({"advice": Advice.THANK_ONLY, "question": None}, "question.hidden"),
        ({"advice": Advice.DO_NOT_WRITE}, "draft.unwanted"),
        ({"subject": None}, "subject.blank"),
        ({"subject": "Re: {role}"}, "subject.blank"),
        ({"subject": "Re: a\nBcc: b"}, "subject.blank"),
    ],
)
def test_the_parts_of_a_draft(changes, rule):
    assert rule in found(draft(**changes))


def test_nothing_untrue():
    met = GOOD.replace("I accept the decision.", "It was good to speak about our conversation.")
    assert "untrue.interview" in found(met, interviewed=False)
    assert found(met, interviewed=True) == found(met) == set()
    kept = GOOD.replace("I accept the decision.", "Thank you for keeping me in mind.")
    assert "untrue.kept" in found(kept, kept=False)
    assert found(kept, kept=True) == set()


def test_names_are_no_wording():
    text = GOOD.replace("Ana Ruiz", "Margaret Court")
    assert found(text) == {"legal.threat"}
    assert found(text, names=["Margaret Court"]) == set()


def test_rude_letters_are_found_out():
    rude = "Dear Sir or Madam, why was I not chosen! I deserve an explanation by Friday. Unfortunately I am disappointed. Please reconsider."
    assert {"greeting.nobody", "why.direct", "shouting.marks", "demand.explain", "pressure.time", "regret.own", "argument.reopen"} <= found(rude)
