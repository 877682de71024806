"""Save and load a model folder. Weights are plain arrays and word lists: nothing in a model file can execute code.

A folder holds ``config.json`` (what the model is, thresholds, versions, SHA-256 of every file), ``terms.json`` (the words of both
vectorizers), ``weights.npz`` (arrays, read with ``allow_pickle=False``) and what the training adds: figures, verdicts, the model card.
docs/model-format.md argues for the choice.
"""

from __future__ import annotations

import io
import json
import os
import pathlib
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from refusal_nlp.acts import OUTPUTS
from refusal_nlp.classify import LABELS, RefusalClassifier
from refusal_nlp.errors import ModelError
from refusal_nlp.lexicon.load import lexicon_hash
from refusal_nlp.model_folder import folder_config, read_files, write_folder
from refusal_nlp.reader import RefusalReader
from refusal_nlp.reason_model import CODES, ReasonModel
from refusal_nlp.sentence_model import SentenceModel, same
from refusal_nlp.types import REFUSALS

FORMAT = 4
TYPE = "refusal_nlp.RefusalClassifier"
VERDICTS = "verdicts.json"  # what the cross-validation said of each message that the model was trained on
_FILES = ("terms.json", "weights.npz")
_LARGEST = 1 << 30  # bytes that the weights may take unpacked; the shipped model takes 20 MB
_REASON_NUMBERS = ("context", "ruled_scale", "alone_scale", "keep_alone")


def save(
    classifier: RefusalClassifier,
    folder: str | os.PathLike[str],
    config: Mapping[str, Any],
    extra: Mapping[str, str] | None = None,
    reasons: ReasonModel | None = None,
) -> None:
    """Write a fitted classifier. A model that was there is replaced in one step: a run that is killed leaves the old or the new one.

    Parameters
    ----------
    classifier : RefusalClassifier
    folder : path-like
        Made where it does not exist; a folder that holds anything but a model is refused.
    config : mapping
        ``name``, ``version``, ``review_below``, ``thresholds`` and whatever else describes the training; JSON types.
    extra : mapping of str to str, optional
        Further files by their names.
    reasons : ReasonModel, optional
        The model of stated reasons; without it the rules find them alone.

    Raises
    ------
    OutputError
        Where the folder cannot be written, or holds files that are no model's.

    """
    place = pathlib.Path(folder)
    content = _weights(classifier, reasons) | {name: text.encode() for name, text in (extra or {}).items()}
    full = {
        "format": FORMAT,
        "type": TYPE,
        **config,
        "labels": list(map(str, LABELS)),
        "outputs": list(OUTPUTS),
        "kinds": list(map(str, classifier.kind_.classes_)),
        "parameters": classifier.get_params(),
        "gate_scale": list(classifier.gate_scale_),
        "kind_scale": classifier.kind_scale_,
        "evasive_factor": classifier.evasive_factor_,
        "reasons": None if reasons is None else {"codes": list(map(str, CODES)), **{name: getattr(reasons, name) for name in _REASON_NUMBERS}},
        "lexicon": lexicon_hash(),
    }
    write_folder(place, full, content)


def load(folder: str | os.PathLike[str]) -> RefusalReader:
    """Read a model folder.

    Raises
    ------
    ModelError
        Where the folder is missing, a file of it is missing, changed or none of a model's, or the format is not ours. Nothing of it is executed.

    """
    place = pathlib.Path(folder)
    config = read_config(place)
    content = read_files(place, config, _FILES)
    try:
        terms = json.loads(content["terms.json"])
        arrays = _arrays(content["weights.npz"])
        classifier = _rebuild(config, terms, arrays)
        return RefusalReader(
            classifier,
            name=f"{config['name']} {config['version']}",
            review_below=float(config["review_below"]),
            thresholds={str(k): float(v) for k, v in config["thresholds"].items()},
            reasons=_rebuild_reasons(config["reasons"], terms, arrays),
        )
    except (KeyError, ValueError, TypeError, AttributeError, EOFError, zipfile.BadZipFile) as fault:
        raise ModelError(f"{place}: not a complete model: {type(fault).__name__}: {fault}") from fault


def read_verdicts(folder: str | os.PathLike[str]) -> dict[str, list[float]]:
    """Return what the cross-validation of a model said of its training messages; empty where the model keeps none.

    Raises
    ------
    ModelError
        As `load`.

    """
    place = pathlib.Path(folder)
    data = read_files(place, read_config(place), _FILES).get(VERDICTS)
    try:
        found = json.loads(data) if data else {}
        return {str(name): [float(p) for p in row] for name, row in found.items() if len(row) == len(LABELS)}
    except (ValueError, TypeError, AttributeError) as fault:
        raise ModelError(f"{place}: {VERDICTS} cannot be read: {fault}") from fault


def read_config(folder: str | os.PathLike[str]) -> dict[str, Any]:
    """Return the config of a model folder; raises `ModelError` where there is none or it is of another format."""
    place = pathlib.Path(folder)
    config = folder_config(place, FORMAT, TYPE)
    if config.get("outputs") != list(OUTPUTS) or config.get("labels") != list(map(str, LABELS)):
        raise ModelError(f"{place}: the model has other labels or outputs than this version; train again")
    if config.get("lexicon") != lexicon_hash():
        raise ModelError(f"{place}: the model was trained with other rules than this version has; train again")
    return config


def _weights(classifier: RefusalClassifier, reasons: ReasonModel | None) -> dict[str, bytes]:
    acts, words = classifier.acts_, classifier.words_
    arrays = {
        **_arrays_of(acts, "act"),
        "word_idf": words.idf_.astype(np.float32),
        "gate_coef": classifier.gate_.coef_.astype(np.float32),
        "gate_bias": classifier.gate_.intercept_,
        "kind_coef": classifier.kind_.coef_.astype(np.float32),
        "kind_bias": classifier.kind_.intercept_,
    }
    terms = {**_terms_of(acts, "act"), "words": words.get_feature_names_out().tolist()}
    if reasons is not None:
        for name, part in (("statement", reasons.statement), ("matter", reasons.matter)):
            arrays |= _arrays_of(part, name)
            terms |= _terms_of(part, name)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return {"terms.json": json.dumps(terms, ensure_ascii=False).encode(), "weights.npz": _without_dates(buffer.getvalue())}


def _arrays(data: bytes) -> dict[str, Any]:
    """Arrays of finite numbers, and nothing else."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        if sum(item.file_size for item in packed.infolist()) > _LARGEST:
            raise ValueError("the weights are larger than any model's")
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    for name, array in arrays.items():
        if array.dtype.kind != "f" or not np.isfinite(array).all():
            raise ValueError(f"{name} holds something that is no finite number")
    return arrays


def _rebuild(config: dict[str, Any], terms: dict[str, list[str]], arrays: dict[str, Any]) -> RefusalClassifier:
    classifier = RefusalClassifier(**config["parameters"])
    acts = SentenceModel(OUTPUTS, classifier.act_strength, classifier.mark_weight, classifier.yes_weight)
    classifier.acts_ = _fill(acts, "act", terms, arrays)
    classifier.words_ = _vectorizer(terms["words"], arrays["word_idf"])
    classifier.gate_ = _regression([False, True], arrays["gate_coef"], arrays["gate_bias"])
    if not set(config["kinds"]) <= set(map(str, REFUSALS)):
        raise ValueError(f"unknown kinds of refusal {config['kinds']!r}")
    classifier.kind_ = _regression(config["kinds"], arrays["kind_coef"], arrays["kind_bias"])
    slope, shift = config["gate_scale"]
    classifier.gate_scale_, classifier.kind_scale_ = (float(slope), float(shift)), float(config["kind_scale"])
    classifier.evasive_factor_ = float(config["evasive_factor"])
    classifier.classes_ = np.array(sorted(map(str, LABELS)))
    return classifier


def _rebuild_reasons(config: dict[str, Any] | None, terms: dict[str, list[str]], arrays: dict[str, Any]) -> ReasonModel | None:
    if config is None:
        return None
    if config["codes"] != list(map(str, CODES)):
        raise ValueError("the model has other codes of reasons than this version")
    model = ReasonModel.empty()
    _fill(model.statement, "statement", terms, arrays)
    _fill(model.matter, "matter", terms, arrays)
    for name in _REASON_NUMBERS:
        value = config[name]
        setattr(model, name, float(value) if name.startswith("keep") else tuple(map(float, value)))
    return model


def _arrays_of(model: SentenceModel, name: str) -> dict[str, Any]:
    starts = {} if model.starts is None else {f"{name}_start_idf": model.starts.idf_.astype(np.float32)}
    return {f"{name}_idf": model.vectorizer.idf_.astype(np.float32), **starts, f"{name}_weights": model.weights, f"{name}_bias": model.bias}


def _terms_of(model: SentenceModel, name: str) -> dict[str, list[str]]:
    parts = {"terms": model.vectorizer, "starts": model.starts, "marks": model.marks}
    return {f"{name}_{part}": vectorizer.get_feature_names_out().tolist() for part, vectorizer in parts.items() if vectorizer is not None}


def _fill(model: SentenceModel, name: str, terms: dict[str, list[str]], arrays: dict[str, Any]) -> SentenceModel:
    """Give an empty sentence model the terms and weights that were saved under a name."""
    words, marks = terms[f"{name}_terms"], terms[f"{name}_marks"]
    model.marks = CountVectorizer(analyzer=same, vocabulary=_positions(marks), binary=True, dtype=np.float32)
    model.vectorizer = _vectorizer(words, arrays[f"{name}_idf"])
    starts = []
    if model.starts is not None:
        starts = terms[f"{name}_starts"]
        model.starts = _vectorizer(starts, arrays[f"{name}_start_idf"])
    model.weights, model.bias = arrays[f"{name}_weights"], arrays[f"{name}_bias"]
    if model.weights.shape != (len(model.outputs), len(words) + len(starts) + len(marks)) or model.bias.shape != (len(model.outputs),):
        raise ValueError("sentence weights and terms differ in number")
    return model


def _vectorizer(terms: list[str], idf: Any) -> TfidfVectorizer:
    vectorizer = TfidfVectorizer(analyzer=same, vocabulary=_positions(terms), sublinear_tf=True, dtype=np.float32)
    vectorizer.idf_ = idf
    return vectorizer


def _positions(terms: list[str]) -> dict[str, int]:
    return {term: i for i, term in enumerate(terms)}


def _regression(classes: list[Any], coefficients: Any, bias: Any) -> LogisticRegression:
    model = LogisticRegression()
    model.classes_, model.coef_, model.intercept_ = np.array(classes), coefficients.astype(np.float64), bias
    model.n_features_in_ = coefficients.shape[1]
    return model


def _without_dates(data: bytes) -> bytes:
    """Write the zip again with a fixed date: the same model must give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            new.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), old.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
