import json

import pytest

from conftest import tool


@pytest.fixture(scope="module")
def floors():
    return tool("floors")


def test_a_figure_under_its_floor_is_named(floors):
    assert floors.faults({"f1": 0.8}, {"f1": 0.8}) == []
    assert floors.faults({"f1": 0.79}, {"f1": 0.8}) == ["f1: 0.7900 is under its floor 0.8000"]
    assert floors.faults({"f1": 0.9, "new": 0.1}, {"f1": 0.8}) == ["new: has no floor"]


def test_floors_rise_and_fall_only_on_demand(floors):
    assert floors.raised({"f1": 0.9}, {"f1": 0.8}, allow_lower=False) == {"f1": 0.89}
    assert floors.raised({"f1": 0.7}, {"f1": 0.8}, allow_lower=False) == {"f1": 0.8}
    assert floors.raised({"f1": 0.7}, {"f1": 0.8}, allow_lower=True) == {"f1": 0.69}


def test_the_shipped_floors_belong_to_the_shipped_data(floors):
    from refusal_nlp.training.data import data_hash

    kept = json.loads(floors.FLOORS.read_text("utf-8"))
    assert kept["data_sha256"] == [data_hash(p) for p in (floors.DATA, floors.SENTENCES, floors.PAIRS)]
    assert all(0.3 < v < 1 for v in kept["floors"].values())
