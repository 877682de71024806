"""``nlp.add_pipe("refusal")``: the verdict on each document in a spaCy pipeline, found by entry point.

The component looks at the text alone: it brings its own sentences and zones, so that it gives the same answer beside whatever else is in the pipeline, and
leaves tokens, sentences and entities as they are. There are no extension attributes, which would belong to the whole process.
"""

from __future__ import annotations

import json
import os
import pathlib
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any

import srsly
from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

from refusal_nlp import store
from refusal_nlp.errors import OutputError
from refusal_nlp.parallel import BATCH, batches_of
from refusal_nlp.reader import RefusalReader
from refusal_nlp.resources import find
from refusal_nlp.types import Analysis, Mail, Reason, Signal

REASONS = "refusal_reasons"
SIGNALS = "refusal_signals"
ANALYSIS = "refusal"  # key of doc.user_data
_SUBJECT, _SENDER = "subject", "sender"  # keys of doc.user_data


class RefusalComponent:
    """Judges documents.

    After it has run, ``doc.cats`` holds the probability of each `Label`, beside what other components put there; ``doc.spans["refusal_reasons"]`` the stated
    reasons and ``doc.spans["refusal_signals"]`` the signals, with the code as label and, for reasons, the rule as id. Spans are whole tokens, and so may be
    wider than the exact quote by a few characters; ``doc.user_data["refusal"]`` holds everything, with exact offsets, as `Analysis.to_dict` gives it.

    Parameters
    ----------
    model : str
        A model folder; empty: the default model.
    subject, sender : str
        Keys of ``doc.user_data`` under which headers are looked up, where they are known.

    """

    def __init__(self, name: str, *, model: str = "", subject: str = _SUBJECT, sender: str = _SENDER) -> None:
        self.name = name
        self.subject = subject
        self.sender = sender
        self._model = model
        self._files: dict[str, bytes] = {}
        self._reader: RefusalReader | None = None

    @property
    def reader(self) -> RefusalReader:
        """The model, loaded when it is first needed: a saved pipeline names the folder it was made with, which need not exist where it is loaded.

        Raises
        ------
        ModelError
            Where the folder is no model, is damaged, or belongs to another version.

        """
        if self._reader is None:
            self.from_disk(self._model or find("models", "default"))
        assert self._reader is not None  # noqa: S101 - from_disk has set it
        return self._reader

    def __call__(self, doc: Doc) -> Doc:
        """Judge one document."""
        return self._judge([doc])[0]

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = BATCH) -> Iterator[Doc]:
        """Judge documents, some at once, in order."""
        for docs in batches_of(stream, batch_size):
            yield from self._judge(docs)

    def to_disk(self, path: str | os.PathLike[str], *, exclude: Iterable[str] = ()) -> None:
        """Save the model, so that the pipeline needs no other file; raises `OutputError` where it cannot be written."""
        place = pathlib.Path(path)
        _ = self.reader
        try:
            place.mkdir(parents=True, exist_ok=True)
            for name, data in self._files.items():
                (place / name).write_bytes(data)
        except OSError as fault:
            raise OutputError(f"{place}: the model cannot be written: {fault.strerror or fault}") from fault

    def from_disk(self, path: str | os.PathLike[str], *, exclude: Iterable[str] = ()) -> RefusalComponent:
        """Load the model that `to_disk` saved, or any model folder; nothing in it can run code. Raises `ModelError` where it is none."""
        place = pathlib.Path(path)
        self._reader = store.load(place)
        self._files = {name: (place / name).read_bytes() for name in store.read_config(place)["sha256"]}  # config.json lists itself too
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Return the model as bytes, for ``nlp.to_bytes()``."""
        _ = self.reader
        packed: bytes = srsly.msgpack_dumps(self._files)
        return packed

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> RefusalComponent:
        """Load the model that `to_bytes` gave; raises `ModelError` where it is none."""
        files = srsly.msgpack_loads(data)
        with tempfile.TemporaryDirectory(prefix="refusal-nlp-") as folder:
            for name, content in files.items():
                pathlib.Path(folder, pathlib.PurePath(name).name).write_bytes(content)  # the name alone: no file lands elsewhere
            return self.from_disk(folder)

    def _judge(self, docs: list[Doc]) -> list[Doc]:
        mails = [Mail(body=doc.text, subject=_known(doc, self.subject), sender=_known(doc, self.sender)) for doc in docs]
        for doc, analysis in zip(docs, self.reader.read_batch(mails), strict=True):
            _mark(doc, analysis)
        return docs


@Language.factory("refusal", default_config={"model": "", "subject": _SUBJECT, "sender": _SENDER})
def make_refusal(nlp: Language, name: str, model: str, subject: str, sender: str) -> RefusalComponent:
    """Return the component for ``nlp.add_pipe("refusal")``."""
    return RefusalComponent(name, model=model, subject=subject, sender=sender)


def _mark(doc: Doc, analysis: Analysis) -> None:
    doc.cats.update({str(label): probability for label, probability in analysis.probabilities.items()})
    doc.spans[REASONS] = _group(doc, REASONS, analysis.reasons)
    doc.spans[SIGNALS] = _group(doc, SIGNALS, analysis.signals)
    # Through JSON: what travels between processes may hold plain types alone.
    doc.user_data[ANALYSIS] = json.loads(json.dumps(analysis.to_dict()))


def _group(doc: Doc, name: str, found: Iterable[Reason | Signal]) -> SpanGroup:
    spans: list[Span] = []
    for one in found:
        rule = one.rule if isinstance(one, Reason) else ""
        span = doc.char_span(one.start, one.end, label=str(one.code), span_id=rule, alignment_mode="expand") if one.field == "body" else None
        if span is not None:
            spans.append(span)
    return SpanGroup(doc, name=name, spans=spans)


def _known(doc: Doc, key: str) -> str | None:
    value: Any = doc.user_data.get(key)
    return value if isinstance(value, str) and value else None
