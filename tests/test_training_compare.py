"""Before and after, and what a run may overwrite."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from refusal_nlp.classify import LABELS, messages_of
from refusal_nlp.errors import DataError, ModelError, OutputError
from refusal_nlp.training import retrain as module
from refusal_nlp.training.compare import OWN, SHIPPED, Judged, compare, fingerprint
from refusal_nlp.training.own import read_own
from refusal_nlp.training.retrain import retrain, shipped_tests
from refusal_nlp.types import Label, Mail


def chances(labels):
    return np.array([[0.7 if str(name) == label else 0.1 for name in LABELS] for label in labels])


@pytest.fixture(scope="module")
def messages(few):
    return messages_of([e.mail for e in few])


def judged(few, messages, after):
    return Judged(examples=few, messages=messages, after=chances(after))


def turned(few, wrong):
    """The true labels, but for so many of them."""
    return ["evasive" if i < wrong and e.label != "evasive" else str(e.label) for i, e in enumerate(few)]


def test_each_side_is_judged_and_every_change_is_named(small_classifier, few, messages):
    guess = [str(LABELS[v.probabilities.argmax()]) for v in small_classifier.judge(messages)]
    truth = [str(e.label) for e in few]
    (part,) = compare(small_classifier, {}, {OWN: judged(few, messages, truth)}, names=("old", "new")).parts
    assert part.before.accuracy == np.mean([a == b for a, b in zip(guess, truth, strict=True)]) and part.after.accuracy == 1
    assert part.gain == pytest.approx(1 - part.before.accuracy) and part.gain_interval[0] <= part.gain <= part.gain_interval[1]
    assert [(c.id, c.before, c.after) for c in part.changes] == [(e.mail.id, g, t) for e, g, t in zip(few, guess, truth, strict=True) if g != t]
    assert {c.effect for c in part.changes} <= {"better"}


def test_what_an_old_model_was_trained_on_is_judged_by_its_cross_validation(small_classifier, few, messages):
    stored = {fingerprint(e.mail): row.tolist() for e, row in zip(few, chances(["not_refusal"] * len(few)), strict=True)}
    (part,) = compare(small_classifier, stored, {OWN: judged(few, messages, turned(few, 0))}, names=("old", "new")).parts
    assert part.before.gate_f1 == 0
    assert {c.before for c in part.changes} == {"not_refusal"}


@pytest.mark.parametrize(("name", "wrong", "is_worse"), [(OWN, 0, False), (OWN, 2, True), (SHIPPED, 1, True), (SHIPPED, 0, False)])
def test_what_counts_as_worse(small_classifier, few, messages, name, wrong, is_worse):
    right = {fingerprint(e.mail): row.tolist() for e, row in zip(few, chances(turned(few, 0)), strict=True)}
    result = compare(small_classifier, right, {name: judged(few, messages, turned(few, wrong))}, names=("old", "new"))
    assert bool(result.worse()) is is_worse
    assert json.loads(json.dumps(result.to_dict()))["parts"][0]["messages"] == len(few)
    assert any("changed sides" in line for line in result.lines())


def test_half_a_point_on_the_shipped_messages_may_be_lost(small_classifier, few, messages):
    many, n = few * 2, len(few) * 2
    right = {fingerprint(e.mail): row.tolist() for e, row in zip(few, chances(turned(few, 0)), strict=True)}
    for lost in (1, 2):
        assert (lost / n <= 0.005) is (lost == 1)
        sides = {SHIPPED: judged(many, messages * 2, turned(many, 0))}
        sides[SHIPPED].after[:lost] = chances(["evasive"] * lost)
        assert bool(compare(small_classifier, right, sides, names=("a", "b")).worse()) is (lost > 1)


def test_a_fingerprint_outlives_case_and_white_space():
    assert fingerprint(Mail(body="A  letter\n", subject="No")) == fingerprint(Mail(body="a letter", subject="no"))
    assert fingerprint(Mail(body="a letter")) != fingerprint(Mail(body="a letter", subject="no"))


def table(few):
    return pd.DataFrame([{"body": e.mail.body, "subject": e.mail.subject, "label": str(e.label), "group": e.group} for e in few])


@pytest.fixture(scope="module")
def run(few, tmp_path_factory):
    place = tmp_path_factory.mktemp("models") / "first"
    first = retrain([table(few)], base="none", against=None)
    first.save(place)
    return first, retrain([table(few)], base="none", against=place), place


def test_the_same_labels_again_are_neither_better_nor_worse(run, few):
    _, again, place = run
    own, shipped = again.comparison.parts
    assert own.name == OWN and own.messages == len(few) and own.gain == 0 and own.changes == ()
    assert shipped.name == SHIPPED and shipped.messages == len(shipped_tests()) and shipped.gain == 0
    assert again.comparison.worse() == [] and again.compared_with == place


def test_a_model_is_replaced_only_by_one_that_was_compared_and_is_no_worse(run, tmp_path):
    first, again, place = run
    before = {p.name: p.read_bytes() for p in place.iterdir()}
    with pytest.raises(OutputError, match="was not compared with"):
        first.save(place)
    own, shipped = again.comparison.parts
    worse = replace(again, comparison=replace(again.comparison, parts=(replace(own, gain=-0.01), shipped)))
    with pytest.raises(OutputError, match="the model there is better"):
        worse.save(place)
    assert {p.name: p.read_bytes() for p in place.iterdir()} == before
    worse.save(tmp_path / "elsewhere")
    worse.save(place, overwrite=True)
    again.save(place)
    assert json.loads((place / "comparison.json").read_text())["parts"][0]["name"] == OWN
    assert "## Before and after" in (place / "README.md").read_text()


def test_one_class_only(few):
    refusals = table([e for e in few if e.label != "not_refusal"])
    with pytest.raises(DataError, match=f"one class only: all {len(refusals)} rows are refusals"):
        retrain([refusals], base="none", against=None)
    with pytest.raises(DataError, match="one class only"):
        retrain([refusals], strict=True, against=None)


def test_own_labels_beside_the_shipped_ones(few, monkeypatch, examples):
    """With the shipped data cut to a handful, so that the test is quick."""
    part = [e for e in examples if e not in few][:200]
    kept = module.read_examples
    monkeypatch.setattr(module, "read_examples", lambda path: [*part, few[0]] if path.name == "messages.jsonl" else kept(path))
    lone = table([e for e in few if e.label == "not_refusal"])
    run = retrain([lone], n_jobs=1)
    assert any("one class only" in note for note in run.notes) and any("teach nothing new" in note for note in run.notes)
    shared = few[0].label == "not_refusal"
    assert run.config["trained_on"]["messages"] == len(part) + len(lone) + (not shared)  # the user's copy of a shipped message stands alone
    assert run.metrics["by_profile"]["own"]["messages"] == len(lone)
    assert run.comparison.old.startswith("default") and [p.name for p in run.comparison.parts] == [OWN, SHIPPED]


def test_unknown_base_and_a_model_that_is_none(few, tmp_path):
    with pytest.raises(DataError, match="unknown base"):
        retrain([table(few)], base="mine")
    with pytest.raises(ModelError, match="no model there"):
        retrain([table(few)], against=tmp_path)


def test_one_large_group_is_mentioned(few):
    found = read_own([table(few).assign(group="one")])
    assert "belong to one group (one)" in module._notes(found, "none", False)[0]


def test_shipped_tests_are_not_trained_on(examples):
    assert len(shipped_tests()) >= 150
    assert not {fingerprint(e.mail) for e in shipped_tests()} & {fingerprint(e.mail) for e in examples}


def test_what_the_shipped_model_knows_already_is_not_learned_from(reader):
    from refusal_nlp.training.train import weight_of

    plain = "Dear Jo, thank you for applying. Unfortunately we will not be moving forward with your application. Kind regards, Ada"
    odd = "Hello Jo. The cookie crumbled the wrong way round for your papers. Greetings from Aal."
    own = read_own([pd.DataFrame({"body": [plain, odd], "label": ["categorical", "categorical"]})]).examples
    made = messages_of([e.mail for e in own])
    known, new = module.own_weights(reader, made, own)
    assert known == 0 < new < weight_of(own[1])
    assert module.own_weights(reader, made, own, {0}) == [weight_of(own[0]), new]  # it stands for a shipped one, which is left out
    wrong = [replace(e, label=Label.EVASIVE) for e in own]
    assert all(module.own_weights(reader, made, wrong))


def test_what_counts_nothing_changes_no_word_and_no_weight(few):
    """Messages at weight 0 teach the sentence model what leaving them out teaches, while they are judged all the same."""
    from refusal_nlp.classify import RefusalClassifier

    order = sorted(few, key=lambda e: e.mail.id or "")
    made, labels = messages_of([e.mail for e in order]), [str(e.label) for e in order]
    odd = [f"zyx{i % 3} zyx zyx{i % 2} turned your plea down" for i in range(30)]
    kept = RefusalClassifier(folds=2).fit(made, labels, groups=[e.group for e in order])
    mixed = RefusalClassifier(folds=2).fit(
        [*made, *messages_of(odd)],
        [*labels, *["categorical"] * 30],
        groups=[*(e.group for e in order), *["odd"] * 30],
        sample_weight=[1.0] * len(made) + [0.0] * 30,
    )
    assert kept.words_.vocabulary_ == mixed.words_.vocabulary_ and kept.acts_.vectorizer.vocabulary_ == mixed.acts_.vectorizer.vocabulary_
    assert np.allclose(kept.acts_.weights, mixed.acts_.weights, atol=1e-2)
    assert len(mixed.held_out_) == len(made) + 30


def test_passages_that_nobody_labelled_are_taken_from_rules_and_from_a_model(reader):
    from refusal_nlp.training.train import passages

    text = "Hello Jo. We have picked someone else for the stock clerk post. Bye."
    (own,) = read_own([pd.DataFrame({"body": [text], "label": ["categorical"]})]).examples
    found = passages(messages_of([text]), [own], reader)[0]
    assert any(code == "decision" and "picked someone else" in text[slice(*place)] for code, place in found)
    assert passages(messages_of([text]), [replace(own, label=Label.NOT_REFUSAL)], reader) == [[]]


def test_some_sentence_must_carry_a_refusal_even_one_in_words_that_nobody_knows(reader):
    from refusal_nlp.training.train import passages

    text = "Hello Jo. The cookie crumbled the wrong way round for your papers. Greetings from Aal."
    for label, code in (("categorical", {"decision"}), ("evasive", {"hedge"}), ("kept_on_file", {"retention", "future_contact"})):
        (own,) = read_own([pd.DataFrame({"body": [text], "label": [label]})]).examples
        assert {c for c, _ in passages(messages_of([text]), [own], reader)[0]} & code
