import pytest

from refusal_nlp.errors import LexiconError
from refusal_nlp.lexicon.load import FILES, compile_pattern, parse_rules, rules
from refusal_nlp.types import ReasonCode

ROW = '[[rule]]\nid = "a.b"\ncode = "a"\npattern = "{}"\nexample = "good day"\ncounter_example = "bad day"\n'
RULE_FILES = [name for name in FILES if name != "followup.toml"]


@pytest.mark.parametrize("name", RULE_FILES)
def test_every_shipped_row_matches_its_example_and_not_its_counter_example(name):
    for rule in rules(name):
        assert rule.pattern.search(rule.example), rule.id
        assert not rule.pattern.search(rule.counter_example), rule.id


def test_every_reason_code_has_a_rule():
    assert {rule.code for rule in rules("reasons.toml")} == set(ReasonCode)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (ROW.format("nothing"), "misses its example"),
        (ROW.format("day"), "matches its counter-example"),
        (ROW.format("good") * 2, "stands twice"),
        (ROW.format("(good"), "faulty pattern"),
        (ROW.format("<unknown>"), "unknown macro"),
        (ROW.format("good").replace("counter_example", "other"), "lacks counter_example"),
        ("rule = [", "x.toml"),
    ],
)
def test_a_faulty_row_is_refused_with_its_name(text, complaint):
    with pytest.raises(LexiconError, match=complaint):
        parse_rules(text, "x.toml")


def test_patterns_bend_white_space_and_apostrophes_and_expand_macros():
    pattern = compile_pattern("we don't <verb>", {"verb": "go|stay"})
    assert pattern.search("We\n  don’t stay")
    assert pattern.search("we dont go")
    assert not pattern.search("we do go")
