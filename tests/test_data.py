"""The data themselves: enough of every kind, quotes exact, nothing twice, no phrase that gives a label away."""

import collections
import json
import pathlib

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from refusal_nlp.acts import OUTPUTS

DATA = pathlib.Path(__file__).parent.parent / "data" / "messages.jsonl"
LOOKALIKE = {"acknowledgement", "acknowledgement_conditional", "delay", "invitation", "test", "offer", "documents", "withdrawal", "candidate", "alert"}
LOOKALIKE |= {"portal", "outreach", "about_candidate", "other_refusal"}


@pytest.fixture(scope="module")
def rows():
    return [json.loads(line) for line in DATA.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def refusals(rows):
    return [r for r in rows if r["label"] != "not_refusal"]


def test_enough_of_every_label(rows, refusals):
    labels = collections.Counter(r["label"] for r in rows)
    assert len(rows) >= 3500 and len(refusals) >= 1400
    assert labels["categorical"] >= 700 and labels["kept_on_file"] >= 350 and labels["evasive"] >= 300
    others = [r for r in rows if r["label"] == "not_refusal"]
    assert len(others) >= 2100
    assert sum(r["kind"] in LOOKALIKE for r in others) >= 1000


def test_lengths_of_real_mail(rows):
    words = sorted(len(r["body"].split()) for r in rows if r["label"] == "not_refusal")
    assert words[len(words) // 2] >= 100
    assert words[len(words) * 3 // 4] > 200  # some 200 before short notices of portals came in
    assert sum(n > 600 for n in words) >= 50


def test_ids_and_fields(rows):
    assert len({r["id"] for r in rows}) == len(rows)
    wanted = {"id", "lang", "subject", "sender", "body", "label", "kind", "signals", "reasons", "group", "origin", "profile", "doubtful"}
    assert all(set(r) == wanted for r in rows)


def test_quotes_stand_in_the_message(rows):
    for r in rows:
        for _, quote in r["signals"] + r["reasons"]:
            assert quote and any(quote in (r[field] or "") for field in ("body", "subject", "sender")), r["id"]


def test_labels_follow_their_definitions(rows):
    for r in rows:
        signals = {s for s, _ in r["signals"]}
        if r["label"] == "not_refusal":
            assert not r["reasons"], r["id"]
        elif r["label"] == "kept_on_file":
            assert signals & {"retention", "future_contact"}, r["id"]
        elif r["label"] == "evasive":
            assert "decision" not in signals and not signals & {"retention", "future_contact"}, r["id"]
        else:
            assert "decision" in signals and not signals & {"retention", "future_contact"}, r["id"]


def test_no_two_messages_are_nearly_the_same(rows):
    x = TfidfVectorizer(sublinear_tf=True).fit_transform(r["body"] for r in rows)
    alike = (x @ x.T).tocoo()
    worst = [(round(float(v), 3), rows[i]["id"], rows[j]["id"]) for i, j, v in zip(alike.row, alike.col, alike.data, strict=True) if i < j and v >= 0.85]
    assert worst == []


def test_groups_are_small_and_many(rows):
    groups = collections.Counter(r["group"] for r in rows)
    assert max(groups.values()) <= 8
    assert len(groups) >= len(rows) / 4


def test_no_opening_is_everywhere(rows):
    openings = collections.Counter(" ".join(r["body"].lower().split()[:5]) for r in rows)
    assert openings.most_common(1)[0][1] <= max(2, 0.015 * len(rows))


def test_no_decision_phrase_is_everywhere(refusals):
    phrases = collections.Counter()
    for r in refusals:
        found = {" ".join(q.lower().split()[i : i + 5]) for s, q in r["signals"] if s == "decision" for i in range(len(q.split()) - 4)}
        phrases.update(found)
    assert phrases.most_common(1)[0][1] <= 0.04 * len(refusals)


@pytest.mark.parametrize("word", ["unfortunately", "regret", "sorry", "consideration", "candidates", "thank", "wish"])
def test_no_word_gives_the_label_away(rows, word):
    has = np.array([word in r["body"].lower() for r in rows])
    refusal = np.array([r["label"] != "not_refusal" for r in rows])
    assert 0.15 <= refusal[has].mean() <= 0.85


def test_many_sectors_countries_and_years(rows):
    parts = [[p.strip() for p in r["origin"].split(" / ")] for r in rows]
    assert len({p[0] for p in parts}) >= 60
    assert len({p[1] for p in parts}) >= 25
    years = [int(p[2]) for p in parts if p[2].isdigit()]
    assert min(years) < 1995 and max(years) >= 2025


def test_held_out_messages_are_by_other_authors(rows):
    held = [json.loads(line) for path in sorted(DATA.parent.glob("held_out/*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    assert len(held) >= 150
    assert not {r["group"].split("w")[0] for r in held} & {r["group"].split("w")[0] for r in rows}
    assert not {r["id"] for r in held} & {r["id"] for r in rows}
    for r in held:
        for _, quote in r["signals"] + r["reasons"]:
            assert quote and any(quote in (r[field] or "") for field in ("body", "subject", "sender")), r["id"]


def test_the_bank_of_sentences():
    bank = [json.loads(line) for line in (DATA.parent / "sentences.jsonl").read_text("utf-8").splitlines()]
    assert all(set(r) == {"text", "acts", "author"} and set(r["acts"]) <= set(OUTPUTS) for r in bank)
    assert len({r["text"].lower() for r in bank}) == len(bank) >= 1500
    acts = collections.Counter(code for r in bank for code in r["acts"])
    assert all(acts[code] >= 25 for code in OUTPUTS)
    assert sum(not r["acts"] for r in bank) >= 200
