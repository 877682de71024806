"""Doubtful labels, each with its name."""

import csv
import sys
from dataclasses import replace

import numpy as np
import pytest

from refusal_nlp.classify import LABELS, messages_of
from refusal_nlp.errors import OutputError
from refusal_nlp.training.data import example_of
from refusal_nlp.training.doubts import find_doubts, write_doubts

NO = "Thank you for coming in on Tuesday. We have given the post of stock clerk to somebody who lives in the village."


def example(body=NO, label="categorical", number="1", **more):
    made = example_of({"body": body, "label": label} | more, number)
    assert not isinstance(made, str)
    return made


def names(*examples, chances=None):
    sure = np.array([[0.97 if str(label) == e.label else 0.01 for label in LABELS] for e in examples])
    found = find_doubts(examples, messages_of([e.mail for e in examples]), sure if chances is None else chances)
    return {(d.id, d.name) for d in found}


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (example(), None),
        (example(signals=[["decision", "We have given the post"]]), None),
        (example(signals=[["retention", "We have given the post"]]), "quotes"),
        (example(label="kept_on_file", signals=[["decision", "We have given the post"]]), "quotes"),
        (example(label="kept_on_file", signals=[["future_contact", "We have given the post"]]), None),
        (example(label="kept_on_file"), None),  # without labelled passages there is nothing to contradict
        (example(label="evasive", signals=[["decision", "We have given the post"]]), "quotes"),
        (example(label="not_refusal", signals=[["decision", "We have given the post"]]), "quotes"),
        (example(label="not_refusal", reasons=[["filled", "the post of stock clerk"]]), "quotes"),
        (example(body="Sorry, no."), "short"),
        (example(body="Ok, thanks!", label="not_refusal"), None),
        (
            example(
                body="Sehr geehrte Frau Kern, vielen Dank für Ihre Bewerbung. Leider haben wir uns für eine andere Bewerberin entschieden. Alles Gute für Ihren weiteren Weg."
            ),
            "language",
        ),
    ],
)
def test_one_message(given, name):
    assert names(given) == (set() if name is None else {("1", name)})


def test_nearly_the_same_text_with_two_labels():
    other = example(NO.replace("Tuesday", "Monday"), "evasive", "2")
    assert names(example(), other) == {("1", "near_duplicate"), ("2", "near_duplicate")}
    assert names(example(), replace(other, label=example().label)) == set()


@pytest.fixture
def mislabelled(few):
    """Thirty messages, of which the model is sure, and one label turned."""
    rows = [e for e in few if e.label in {"categorical", "not_refusal"}][:30]
    chances = np.array([[0.95 if str(label) == e.label else 0.05 / 3 for label in LABELS] for e in rows])
    rows[7] = replace(rows[7], label="categorical" if rows[7].label == "not_refusal" else "not_refusal", signals=None, reasons=None)
    return rows, chances


def test_a_model_that_has_not_seen_the_message_doubts_a_turned_label(mislabelled):
    rows, chances = mislabelled
    found = [d for d in find_doubts(rows, messages_of([e.mail for e in rows]), chances) if d.name == "model"]
    assert [d.id for d in found] == [rows[7].mail.id]
    assert "(95%, 2% for the label)" in found[0].text and found[0].weight == pytest.approx(0.05 / 3)


def test_without_cleanlab_the_other_doubts_are_listed(mislabelled, monkeypatch):
    monkeypatch.setitem(sys.modules, "cleanlab", None)
    monkeypatch.setattr("refusal_nlp.training.doubts.can_ask_model", lambda: False)
    rows, chances = mislabelled
    assert names(*rows, chances=chances) == set()
    assert names(example(body="Sorry, no.")) == {("1", "short")}


def test_doubts_go_to_a_table(tmp_path):
    found = find_doubts([example(body="Sorry, no.", number="=1+1")], messages_of(["Sorry, no."]), np.array([[0.0, 1.0, 0.0, 0.0]]))
    write_doubts(found, tmp_path / "d.csv")
    with (tmp_path / "d.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["id"], row["doubt"], row["label"]) == ("'=1+1", "short", "categorical")
    with pytest.raises(OutputError, match="cannot be written"):
        write_doubts(found, tmp_path / "no" / "d.csv")
