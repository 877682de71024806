import hashlib
import io
import json
import pickle
import shutil

import numpy as np
import pytest

from refusal_nlp import store
from refusal_nlp.errors import ModelError, OutputError
from refusal_nlp.model_folder import sealed
from refusal_nlp.resources import find

CONFIG = {"name": "t", "version": "0", "review_below": 0.8, "thresholds": {}}
TEXTS = ["We have offered the post to another applicant.", "Your parcel is on its way.", ""]


@pytest.fixture(scope="module")
def folder(small_classifier, tmp_path_factory):
    place = tmp_path_factory.mktemp("model")
    store.save(small_classifier, place, CONFIG)
    return place


@pytest.fixture
def copy(folder, tmp_path):
    return shutil.copytree(folder, tmp_path / "m")


def test_a_loaded_model_judges_as_the_saved_one(folder, small_classifier):
    reader = store.load(folder)
    assert np.allclose(reader.classifier.predict_proba(TEXTS), small_classifier.predict_proba(TEXTS), atol=1e-6)


def test_saving_twice_gives_the_same_bytes(folder, small_classifier, tmp_path):
    store.save(small_classifier, tmp_path / "again", CONFIG)
    for name in ("config.json", "terms.json", "weights.npz"):
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes()


@pytest.mark.parametrize("name", ["terms.json", "weights.npz"])
def test_a_changed_byte_is_noticed(copy, name):
    data = bytearray((copy / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / name).write_bytes(bytes(data))
    with pytest.raises(ModelError, match=name):
        store.load(copy)


@pytest.mark.parametrize("name", ["terms.json", "weights.npz", "config.json"])
def test_a_missing_file_is_named(copy, name):
    (copy / name).unlink()
    with pytest.raises(ModelError, match=name.split(".")[0]):
        store.load(copy)


class Bomb:
    def __reduce__(self):
        return (exec, ("raise SystemExit('the model file ran code')",))


@pytest.mark.parametrize("as_zip", [True, False])
def test_a_pickle_in_place_of_the_weights_does_not_run(copy, as_zip):
    if as_zip:
        buffer = io.BytesIO()
        np.savez(buffer, **{name: np.array([Bomb()], dtype=object) for name in ("act_idf", "gate_coef", "matter_weights")})
        data = buffer.getvalue()
    else:
        data = pickle.dumps(Bomb())
    (copy / "weights.npz").write_bytes(data)
    resign(copy)
    with pytest.raises(ModelError, match="not a complete model" if as_zip else "can run code"):
        store.load(copy)


def resign(place, **change):
    """What somebody would do who means harm: the checksums fit."""
    config = json.loads((place / "config.json").read_text())
    sums = {name: hashlib.sha256((place / name).read_bytes()).hexdigest() for name in config["sha256"] if name != "config.json"}
    (place / "config.json").write_bytes(sealed(config | {"sha256": sums} | change))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"format": 99}, "format 99, this version reads 4; it was made by a newer version: update refusal-nlp"),
        ({"format": 2}, "format 2, this version reads 4; train it again"),
        ({"type": "sklearn.pipeline.Pipeline"}, "unknown type 'sklearn.pipeline.Pipeline'"),
        ({"parameters": {"act_strength": 1.0, "run": "x"}}, "not a complete model"),
        ({"name": "another"}, "config.json is not as it was written"),
        ({"outputs": ["x"]}, "other labels or outputs"),
        ({"lexicon": "0"}, "other rules"),
        ({"sha256": None}, "does not describe"),
        ({"thresholds": None}, "not a complete model"),
        ({"kinds": [1, 2]}, "not a complete model"),
    ],
)
def test_a_config_of_another_kind_is_refused(copy, change, complaint):
    if set(change) <= {"sha256", "name"}:
        config = json.loads((copy / "config.json").read_text())
        (copy / "config.json").write_text(json.dumps(config | change))
    else:
        resign(copy, **change)
    with pytest.raises(ModelError, match=complaint):
        store.load(copy).read("x")


def test_no_model_there(tmp_path):
    with pytest.raises(ModelError, match="no model there"):
        store.load(tmp_path)


def test_a_folder_that_cannot_be_made(small_classifier, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot be written"):
        store.save(small_classifier, tmp_path / "file" / "model", CONFIG)


def test_a_changed_byte_in_any_file_is_noticed(copy):
    """Every file that a model has, config and card too."""
    store.save(store.load(copy).classifier, copy, CONFIG, {"README.md": "a card", "metrics.json": "{}"})
    store.load(copy)
    for path in copy.iterdir():
        data = path.read_bytes()
        for at in (0, len(data) // 3, len(data) - 2):
            path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
            with pytest.raises(ModelError, match=path.name):
                store.load(copy)
        path.write_bytes(data)
    store.load(copy)


@pytest.mark.parametrize("name", ["model.pkl", "model.joblib", "m.skops", "innocent.txt", "README.md"])
def test_a_file_that_can_run_code_is_refused_before_anything_is_read(copy, name):
    (copy / name).write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(ModelError, match=f"{name} can run code"):
        store.load(copy)


def test_a_pickle_in_place_of_a_folder_is_refused(tmp_path):
    (tmp_path / "model.joblib").write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(ModelError, match="can run code"):
        store.load(tmp_path / "model.joblib")


def test_a_file_that_the_config_does_not_list_is_refused(copy):
    (copy / ".DS_Store").write_text("x")  # file managers leave such
    store.load(copy)
    (copy / "more.json").write_text("{}")
    with pytest.raises(ModelError, match=r"more\.json is no part of the model"):
        store.load(copy)


def test_a_listed_file_outside_of_the_folder_is_not_opened(copy):
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_bytes(sealed(config | {"sha256": config["sha256"] | {"../../etc/passwd": "0"}}))
    with pytest.raises(ModelError, match="outside of the model"):
        store.load(copy)


@pytest.mark.parametrize(("array", "complaint"), [(np.array([np.nan]), "no finite number"), (np.array(["x"]), "no finite number"), (np.zeros((2, 3)), "")])
def test_weights_that_are_no_weights_are_refused(copy, array, complaint):
    with np.load(copy / "weights.npz") as file:
        arrays = dict(file) | {"act_weights": array}
    np.savez(copy / "weights.npz", **arrays)
    resign(copy)
    with pytest.raises(ModelError, match=f"not a complete model.*{complaint}"):
        store.load(copy)


def test_a_folder_with_other_files_is_not_replaced(small_classifier, copy, tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "mine.txt").write_text("keep me")
    for place in (tmp_path / "letters", copy):
        (place / "mine.txt").write_text("keep me")
        with pytest.raises(OutputError, match=r"holds mine\.txt"):
            store.save(small_classifier, place, CONFIG)
        assert (place / "mine.txt").read_text() == "keep me"


def test_a_write_that_fails_leaves_the_old_model(small_classifier, copy, monkeypatch):
    before = {p.name: p.read_bytes() for p in copy.iterdir()}
    replace = type(copy).replace

    def failing(self, target):
        if "-new-" in self.name:
            raise OSError(28, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(type(copy), "replace", failing)
    with pytest.raises(OutputError, match="No space left"):
        store.save(small_classifier, copy, CONFIG | {"name": "other"})
    assert {p.name: p.read_bytes() for p in copy.iterdir()} == before
    assert [p.name for p in copy.parent.iterdir()] == [copy.name]


def test_every_file_of_the_shipped_model_is_listed():
    place = find("models", "default")
    assert set(json.loads((place / "config.json").read_text())["sha256"]) == {p.name for p in place.iterdir()}


def test_the_shipped_model_keeps_its_model_of_reasons():
    assert store.load(find("models", "default")).reasons is not None
