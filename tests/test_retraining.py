"""A small retraining as a user would run it, compared with pinned figures."""

import json

import pytest

from conftest import tool


@pytest.fixture(scope="module")
def pinned():
    return tool("pinned")


def test_a_small_retraining_gives_the_pinned_figures(pinned, tmp_path):
    found = pinned.measured(pinned.sample(tmp_path))
    assert pinned.faults(found, json.loads(pinned.PINNED.read_text())) == []


def test_a_figure_that_differs_is_named(pinned):
    kept = json.loads(pinned.PINNED.read_text())
    assert pinned.faults(kept, kept) == []
    assert pinned.faults(kept | {"gate_f1": kept["gate_f1"] - 0.02}, kept)[0].startswith("gate_f1: ")
    assert pinned.faults(kept | {"gate_f1": kept["gate_f1"] + 0.02}, kept)[0].startswith("gate_f1: ")
    assert pinned.faults(kept | {"messages": kept["messages"] - 1}, kept)[0].startswith("messages: ")
    assert pinned.faults({k: v for k, v in kept.items() if k != "gate_f1"}, kept)[0].startswith("gate_f1: ")
    assert pinned.faults(kept | {"new": 1.0}, kept) == ["new: is not pinned"]


def test_the_range_of_scikit_learn_is_that_of_the_project():
    low, whole = tool("sklearn_range").bounds()
    assert low == "scikit-learn==1.7.0" and whole.startswith("scikit-learn>=1.7")
