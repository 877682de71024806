"""The model of stated reasons: neighbours, word beginnings, saving."""

import numpy as np
import pytest

from refusal_nlp import store
from refusal_nlp.classify import messages_of
from refusal_nlp.reason_model import ReasonModel, _beside, describe_all
from refusal_nlp.reason_rules import matches_by_sentence
from refusal_nlp.resources import find
from refusal_nlp.sentence_model import SentenceModel
from refusal_nlp.training.reasons import fit_reasons, read_pairs

LETTER = "Thank you for the two talks. On the second day you could not say what the company makes. We wish you well."


@pytest.fixture(scope="module")
def model() -> ReasonModel:
    found = fit_reasons([], [], [], read_pairs(find("data", "reasons.jsonl")))
    assert found is not None
    return found


def described(text):
    message = next(iter(messages_of([text])))
    return describe_all(message.sentences, text, matches_by_sentence(message.sentences, text, message.blocked))


def test_neighbours_are_those_of_the_same_message():
    own, messages = np.array([1.0, 3.0, 3.0, 2.0, 4.0]), np.array([0, 0, 0, 1, 2])
    assert _beside(own, messages).tolist() == [
        [1.0, 3.0, -5.0, 3.0],
        [3.0, 3.0, 1.0, 3.0],
        [3.0, 3.0, 3.0, -5.0],
        [2.0, -5.0, -5.0, -5.0],
        [4.0, -5.0, -5.0, -5.0],
    ]


def test_a_plain_reason_beside_it_counts_as_the_weights_say(model):
    model = ReasonModel(model.statement, model.matter, context=(1.0, -0.5, 0.0, 0.0, 0.0), keep_alone=0.0)
    doubtful, plain = "The second day did not go as the first.", "You do not speak enough Dutch for the job."
    (alone,), (beside, _) = model.stated([described(doubtful), described(f"{doubtful} {plain}")])
    assert sum(beside.values()) < sum(alone.values())


def test_codes_compete_for_a_sentence(model):
    sentence = described(LETTER)
    odds = model.odds_of_clause(sentence)
    assert (1 / (1 + np.exp(-odds))).sum(axis=1).max() <= 1 + 1e-3


def test_words_count_by_how_they_begin():
    terms = [["certificate"], ["certificate"], ["parcel"], ["parcel"]]
    model = SentenceModel(["asked"], word_start=5).fit(terms, [["m"]] * 4, np.array([[1], [1], [0], [0]], np.int8), np.ones(4))
    whole = SentenceModel(["asked"]).fit(terms, [["m"]] * 4, np.array([[1], [1], [0], [0]], np.int8), np.ones(4))
    unseen = [["certified"]]
    assert model.scores(unseen, [[]])[0, 0] > whole.scores(unseen, [[]])[0, 0] + 0.5


def test_a_saved_model_states_the_same(model, small_classifier, tmp_path):
    config = {"name": "t", "version": "0", "review_below": 0.8, "thresholds": {}}
    store.save(small_classifier, tmp_path / "m", config, reasons=model)
    again = store.load(tmp_path / "m").reasons
    assert again is not None
    for one, other in zip(*model.stated([described(LETTER)]), *again.stated([described(LETTER)]), strict=True):
        assert one.keys() == other.keys()
        assert list(one.values()) == pytest.approx(list(other.values()), abs=1e-6)
