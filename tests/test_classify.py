import pickle

import numpy as np
import pytest
from sklearn.base import clone

from refusal_nlp.acts import OUTPUTS, sentence_targets
from refusal_nlp.classify import LABELS, RefusalClassifier, messages_of

TEXTS = ["We have offered the post to another applicant.", "", "Your parcel is on its way.", "a" * 5000, "\n\n> quoted\n"]


def test_probabilities_are_probabilities(small_classifier):
    chances = small_classifier.predict_proba(TEXTS)
    assert chances.shape == (len(TEXTS), 4)
    assert np.allclose(chances.sum(axis=1), 1)
    assert (chances >= 0).all()


def test_classes_and_predictions_agree(small_classifier):
    assert list(small_classifier.classes_) == sorted(map(str, LABELS))
    best = small_classifier.classes_[small_classifier.predict_proba(TEXTS).argmax(axis=1)]
    assert list(small_classifier.predict(TEXTS)) == list(best)


def test_no_messages(small_classifier):
    assert small_classifier.predict_proba([]).shape == (0, 4)
    assert list(small_classifier.predict([])) == []


def test_one_message_is_judged_as_among_others(small_classifier):
    together = small_classifier.predict_proba(TEXTS)
    alone = np.vstack([small_classifier.predict_proba([t]) for t in TEXTS])
    assert np.allclose(together, alone)


def test_clone_and_pickle(small_classifier):
    copy = clone(small_classifier)
    assert copy.get_params() == small_classifier.get_params()
    assert not hasattr(copy, "classes_")
    again = pickle.loads(pickle.dumps(small_classifier))  # noqa: S301 - our own bytes
    assert np.array_equal(again.predict_proba(TEXTS), small_classifier.predict_proba(TEXTS))


def test_the_same_data_give_the_same_model(few, small_classifier):
    again = RefusalClassifier(folds=3).fit([e.mail for e in few], [str(e.label) for e in few], groups=[e.group for e in few])
    assert np.array_equal(again.predict_proba(TEXTS), small_classifier.predict_proba(TEXTS))


@pytest.mark.parametrize(
    ("labels", "complaint"), [(["maybe", "categorical"], "unknown labels"), (["categorical", "evasive"], "must hold"), (["evasive"], "differ in length")]
)
def test_labels_are_checked(labels, complaint):
    with pytest.raises(ValueError, match=complaint):
        RefusalClassifier().fit(["a", "b"], labels)


def test_an_unfitted_model_says_so():
    with pytest.raises(Exception, match="not fitted"):
        RefusalClassifier().predict(["a"])


def test_groups_stay_together_in_the_cross_fitting(few, small_classifier):
    """Held-out figures of the training differ from figures on what the model has seen."""
    seen = small_classifier.predict_proba([e.mail for e in few])
    order = [list(small_classifier.classes_).index(label) for label in LABELS]
    assert not np.allclose(seen[:, order], small_classifier.held_out_)


def test_rare_evasive_refusals_are_not_overrated(few):
    texts, labels = [e.mail for e in few], [str(e.label) for e in few]
    rare = RefusalClassifier(folds=2, evasive_share=0.01).fit(texts, labels)
    common = RefusalClassifier(folds=2, evasive_share=1.0).fit(texts, labels)
    column = list(common.classes_).index("evasive")
    low, high = rare.predict_proba(texts), common.predict_proba(texts)
    assert (low[:, column] < high[:, column]).all()
    assert low.sum(axis=1) == pytest.approx(1)
    assert common.evasive_factor_ == 1.0


def test_sentences_of_other_refusals_teach_neither_way():
    text = "We regret that you have not been selected for the flat."
    (message,) = messages_of([text])
    plain = sentence_targets(message, [], is_refusal=False)
    borrowed = sentence_targets(message, [], is_refusal=False, borrowed=True)
    column = OUTPUTS.index("decision")
    assert plain[0, column] == 0 and borrowed[0, column] == -1
