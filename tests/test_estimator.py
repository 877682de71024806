"""`RefusalClassifier` as scikit-learn's tools use an estimator. `check_estimator` speaks to tables of numbers, so most of the contract is here."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from joblib import Parallel, delayed
from sklearn.base import clone, is_classifier
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_predict, cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import check_estimator

from refusal_nlp.classify import LABELS, RefusalClassifier, messages_of

NAMES = sorted(map(str, LABELS))


@pytest.fixture(scope="module")
def part(few):
    """Every class in each half."""
    rows = [e for label in LABELS for e in [e for e in few if e.label == label][:16]]
    return rows[::2] + rows[1::2]


@pytest.fixture(scope="module")
def texts(part):
    return [e.mail.body for e in part]


@pytest.fixture(scope="module")
def labels(part):
    return [str(e.label) for e in part]


@pytest.fixture(scope="module")
def fitted(texts, labels):
    return RefusalClassifier(folds=2).fit(texts, labels)


def test_what_check_estimator_can_do():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that it skips the checks on numbers
        results = check_estimator(RefusalClassifier(), on_fail=None)
    assert results and all(r["status"] == "passed" for r in results)


@pytest.mark.parametrize(
    "check",
    [
        estimator_checks.check_do_not_raise_errors_in_init_or_set_params,
        estimator_checks.check_estimator_repr,
        estimator_checks.check_estimators_unfitted,
        estimator_checks.check_get_params_invariance,
        estimator_checks.check_mixin_order,
        estimator_checks.check_no_attributes_set_in_init,
        estimator_checks.check_set_params,
        estimator_checks.check_valid_tag_types,
    ],
)
def test_the_checks_of_scikit_learn_that_need_no_table_of_numbers(check):
    check("RefusalClassifier", RefusalClassifier())


def test_parameters_are_kept_as_given_and_nothing_else_is_done():
    given = RefusalClassifier().get_params()
    odd = {name: object() for name in given}
    assert RefusalClassifier(**odd).get_params() == odd
    assert set(vars(RefusalClassifier())) == set(given)
    assert RefusalClassifier().set_params(folds=2).folds == 2
    assert is_classifier(RefusalClassifier()) and "folds=2" in repr(RefusalClassifier(folds=2))
    with pytest.raises(ValueError, match="nonsense"):
        RefusalClassifier().set_params(nonsense=1)


def test_fit_returns_itself_and_leaves_parameters_and_data_alone(texts, labels):
    model = RefusalClassifier(folds=2)
    before, kept, names = model.get_params(), list(texts), list(labels)
    assert model.fit(texts, labels) is model
    assert model.get_params() == before and (texts, labels) == (kept, names)
    assert all(name.endswith("_") for name in set(vars(model)) - set(before))


def test_fitting_again_forgets_the_first_time(fitted, texts, labels):
    again = RefusalClassifier(folds=2).fit(texts[:40], labels[:40]).fit(texts, labels)
    assert np.array_equal(again.predict_proba(texts), fitted.predict_proba(texts))


def test_clone_is_unfitted_and_equal_after_fitting(fitted, texts, labels):
    copy = clone(fitted)
    with pytest.raises(NotFittedError):
        copy.predict(texts)
    assert np.array_equal(copy.fit(texts, labels).predict_proba(texts), fitted.predict_proba(texts))


@pytest.mark.parametrize("kind", [list, tuple, np.array, lambda v: np.array(v, dtype=object), lambda v: pd.Series(v, index=range(7, 7 + len(v)))])
def test_any_sequence_will_do(fitted, texts, labels, kind):
    model = RefusalClassifier(folds=2).fit(kind(texts), kind(labels), groups=kind([str(i) for i in range(len(texts))]), sample_weight=np.ones(len(texts)))
    assert np.array_equal(model.predict_proba(kind(texts)), fitted.predict_proba(texts))


def test_score_is_the_accuracy(fitted, texts, labels):
    assert fitted.score(texts, labels) == np.mean(fitted.predict(texts) == np.array(labels))


def test_cross_val_predict_gives_labels_and_probabilities(texts, labels):
    found = cross_val_predict(RefusalClassifier(folds=2), texts, labels, cv=2)
    assert set(found) <= set(NAMES)
    chances = cross_val_predict(RefusalClassifier(folds=2), texts, labels, cv=2, method="predict_proba")
    assert chances.shape == (len(texts), 4)
    assert list(found) == [NAMES[i] for i in chances.argmax(axis=1)]  # columns in the order of classes_


def test_codes_are_refused_where_they_could_mean_several_things(texts, labels):
    few = [i for i, name in enumerate(labels) if name != "evasive"]
    with pytest.raises(ValueError, match="unknown labels"):
        cross_val_predict(RefusalClassifier(folds=2), [texts[i] for i in few], [labels[i] for i in few], cv=2, method="predict_proba")


def test_grid_search_over_texts_and_over_messages(part, texts, labels):
    grid, groups = {"kind_words": [0.0, 0.5]}, [e.group for e in part]
    search = GridSearchCV(RefusalClassifier(folds=2), grid, cv=GroupKFold(2), n_jobs=2).fit(texts, labels, groups=groups)
    ready = GridSearchCV(RefusalClassifier(folds=2), grid, cv=GroupKFold(2)).fit(messages_of(texts), labels, groups=groups)
    assert np.array_equal(search.cv_results_["mean_test_score"], ready.cv_results_["mean_test_score"])
    assert list(search.best_estimator_.classes_) == NAMES
    assert list(search.predict(texts[:3])) == list(ready.predict(messages_of(texts[:3])))


def test_in_a_pipeline(fitted, texts, labels):
    pipe = Pipeline([("same", FunctionTransformer()), ("judge", RefusalClassifier())]).set_params(judge__folds=2).fit(texts, labels)
    assert np.array_equal(pipe.predict_proba(texts), fitted.predict_proba(texts))
    assert list(pipe.classes_) == NAMES
    assert len(cross_val_score(pipe, texts, labels, cv=2)) == 2


def test_pickling_and_other_processes(fitted, texts):
    want = fitted.predict_proba(texts)
    assert np.array_equal(pickle.loads(pickle.dumps(fitted)).predict_proba(texts), want)  # noqa: S301 - our own bytes
    parts = Parallel(n_jobs=2)(delayed(fitted.predict_proba)(texts[i::2]) for i in range(2))
    assert all(np.allclose(part, want[i::2]) for i, part in enumerate(parts))


@pytest.mark.parametrize(
    ("items", "complaint"),
    [
        ("one text", "not one text"),
        ([None, "a"], "item 0 is of type NoneType"),
        (["a", float("nan")], "item 1 is of type float"),
        ([b"a", "b"], "item 0 is of type bytes"),
        (np.zeros((2, 2)), "item 0 is of type ndarray"),
    ],
)
def test_what_is_no_text_is_refused(fitted, items, complaint):
    for call in (fitted.predict, fitted.predict_proba, lambda x: RefusalClassifier().fit(x, ["categorical", "not_refusal"])):
        with pytest.raises(ValueError, match=complaint):
            call(items)


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ({"y": None}, "y must be a sequence"),
        ({"y": [["categorical"], ["evasive"]]}, "y must be a sequence"),
        ({"y": [0.5, 1.5]}, "unknown labels"),
        ({"groups": ["a"]}, "X and groups differ in length: 2 and 1"),
        ({"sample_weight": [1.0, 1.0, 1.0]}, "X and sample_weight differ"),
        ({"quotes": [[]]}, "X and quotes differ"),
    ],
)
def test_what_does_not_fit_together_is_refused(more, complaint):
    with pytest.raises(ValueError, match=complaint):
        RefusalClassifier().fit(**({"X": ["a", "b"], "y": ["categorical", "not_refusal"]} | more))
