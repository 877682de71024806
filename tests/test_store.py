import io
import json
import pickle
import shutil

import numpy as np
import pytest

from refusal_nlp import store
from refusal_nlp.errors import ModelError, OutputError

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
    with pytest.raises(ModelError, match="not a complete model"):
        store.load(copy)


def resign(place):
    """What somebody would do who means harm: the checksums fit."""
    import hashlib

    config = json.loads((place / "config.json").read_text())
    config["sha256"] = {name: hashlib.sha256((place / name).read_bytes()).hexdigest() for name in config["sha256"]}
    (place / "config.json").write_text(json.dumps(config))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"format": 99}, "format 99"),
        ({"outputs": ["x"]}, "other labels or outputs"),
        ({"lexicon": "0"}, "other rules"),
        ({"sha256": None}, "does not describe"),
        ({"thresholds": None}, "not a complete model"),
        ({"kinds": [1, 2]}, "not a complete model"),
    ],
)
def test_a_config_of_another_kind_is_refused(copy, change, complaint):
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps(config | change))
    with pytest.raises(ModelError, match=complaint):
        store.load(copy).read("x")


def test_no_model_there(tmp_path):
    with pytest.raises(ModelError, match="no model there"):
        store.load(tmp_path)


def test_a_folder_that_cannot_be_made(small_classifier, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot be written"):
        store.save(small_classifier, tmp_path / "file" / "model", CONFIG)
