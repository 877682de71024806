import re

import pytest

from refusal_nlp.errors import LexiconError
from refusal_nlp.lexicon.literals import needed_literals
from refusal_nlp.lexicon.load import FILES, compile_pattern, parse_rules, rules, same_length_casefold
from refusal_nlp.lexicon.search import possible, possible_by_row
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


@pytest.mark.parametrize("name", RULE_FILES)
def test_a_rule_is_looked_for_wherever_its_example_stands(name):
    for rule in rules(name):
        before, after = "Nothing here at all. ", " Nor here."
        text = same_length_casefold(before + rule.example.upper() + after)
        near = possible_by_row(name, text, [0, len(before), len(before) + len(rule.example), len(text)])
        assert near[1].count(rule) == 1, rule.id


def test_the_cheap_test_loses_no_match_in_the_data(examples):
    for example in examples[::9]:
        body = example.mail.body
        folded = same_length_casefold(body)
        for name in ("signals.toml", "reasons.toml", "scope.toml"):
            assert {r.id for r in rules(name) if r.pattern.search(body)} <= {r.id for r in possible(name, folded)}


def test_folding_keeps_every_character_in_its_place():
    text = "İSTANBUL Straße ﬁt"
    assert len(same_length_casefold(text)) == len(text)


def test_a_literal_is_needed_only_where_every_way_through_holds_one():
    assert needed_literals(re.compile("(?:keep|hold)(?: it)?", re.I)) == {"keep", "hold"}
    assert needed_literals(re.compile("(?:keep)?x")) == frozenset()
    assert needed_literals(re.compile(r"(?:abc|\d)")) == frozenset()
    assert needed_literals(re.compile("(?:abc)*de+")) == frozenset()
    assert needed_literals(re.compile("(?:abc){2}")) == {"abc"}
