import os
import pathlib
import re
import subprocess
import sys
import tomllib

import pytest
import spacy

import refusal_nlp
import refusal_nlp.spacy_component
from refusal_nlp import store
from refusal_nlp.errors import ModelError, OutputError

ROOT = pathlib.Path(__file__).resolve().parent.parent
LETTER = (
    "Dear Ana Ruiz,\n\nthank you for applying to Brot. We have decided to offer the job to another applicant with more experience in hospital data."
    "\n\nKind regards\nTom Wren\n"
)
TEXTS = [
    LETTER,
    "Your parcel is here.",
    "",
    "The post has been filled.",
    "Wir haben uns leider für eine andere Bewerberin entschieden und wünschen Ihnen alles Gute.",
]


@pytest.fixture(scope="module")
def nlp():
    made = spacy.blank("en")
    made.add_pipe("refusal")
    return made


def test_it_gives_what_analyze_gives(nlp):
    for text in TEXTS:
        doc, analysis = nlp(text), refusal_nlp.analyze(text)
        assert doc.cats == {str(label): p for label, p in analysis.probabilities.items()}
        assert [s.label_ for s in doc.spans["refusal_reasons"]] == [r.code for r in analysis.reasons]
        assert [s.id_ for s in doc.spans["refusal_reasons"]] == [r.rule for r in analysis.reasons]
        assert [s.label_ for s in doc.spans["refusal_signals"]] == [s.code for s in analysis.signals if s.field == "body"]
        for span, reason in zip(doc.spans["refusal_reasons"], analysis.reasons, strict=True):
            assert span.start_char <= reason.start and reason.end <= span.end_char
        kept = doc.user_data["refusal"]
        assert kept["label"] == analysis.label and [(r["start"], r["end"]) for r in kept["reasons"]] == [(r.start, r.end) for r in analysis.reasons]
    assert len(nlp(LETTER).spans["refusal_reasons"]) > 0


def test_headers_are_looked_up(nlp):
    doc = nlp.make_doc(LETTER)
    doc.user_data |= {"subject": "Your application: analyst", "sender": "No Reply <noreply@brot.example>"}
    doc = nlp(doc)
    expected = refusal_nlp.analyze(LETTER, subject="Your application: analyst", sender="No Reply <noreply@brot.example>")
    assert doc.cats == {str(label): p for label, p in expected.probabilities.items()}
    assert any(s["code"] == "no_reply" for s in doc.user_data["refusal"]["signals"])
    assert "no_reply" not in [s.label_ for s in doc.spans["refusal_signals"]]  # of the sender: its offsets are none of the text's


def test_it_stands_beside_other_components():
    nlp = spacy.blank("de")
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "ORG", "pattern": "Brot"}])
    before = nlp(LETTER)
    nlp.add_pipe("refusal", first=True)
    nlp.add_pipe("refusal", name="again", last=True)
    doc = nlp(LETTER)
    assert [e.text for e in doc.ents] == [e.text for e in before.ents] == ["Brot"]
    assert [s.text for s in doc.sents] == [s.text for s in before.sents]
    other = nlp.make_doc(LETTER)
    other.cats["spam"] = 0.25
    assert set(nlp(other).cats) == {"spam", "not_refusal", "categorical", "evasive", "kept_on_file"}


def test_nothing_is_global():
    code = """
import spacy
import refusal_nlp.spacy_component
from spacy.tokens.underscore import Underscore
nlp = spacy.blank("en"); nlp.add_pipe("refusal"); nlp("The post has been filled.")
print(Underscore.doc_extensions, Underscore.span_extensions, Underscore.token_extensions)
"""
    assert run(code) == "{} {} {}"


def test_pipe_with_two_processes(nlp):
    alone = list(nlp.pipe(TEXTS * 3, batch_size=4))
    two = list(nlp.pipe(TEXTS * 3, batch_size=4, n_process=2))
    assert [d.text for d in two] == TEXTS * 3
    assert [d.cats for d in two] == [d.cats for d in alone]
    for name in ("refusal_reasons", "refusal_signals"):
        assert [[(s.start, s.end, s.label_, s.id_) for s in d.spans[name]] for d in two] == [
            [(s.start, s.end, s.label_, s.id_) for s in d.spans[name]] for d in alone
        ]
    assert [d.user_data["refusal"] for d in two] == [d.user_data["refusal"] for d in alone]


def test_to_disk_and_back(nlp, tmp_path, small_classifier):
    store.save(small_classifier, tmp_path / "model", {"name": "small", "version": "1", "review_below": 0.5, "thresholds": {}})
    own = spacy.blank("en")
    own.add_pipe("refusal", config={"model": str(tmp_path / "model")})
    own.to_disk(tmp_path / "pipeline")
    for file in (tmp_path / "model").iterdir():
        file.unlink()
    back = spacy.load(tmp_path / "pipeline")
    assert back(LETTER).user_data["refusal"]["model"] == "small 1"
    assert back(LETTER).cats == own(LETTER).cats != nlp(LETTER).cats
    (tmp_path / "pipeline").rename(tmp_path / "moved")
    back.to_disk(tmp_path / "second")
    assert spacy.load(tmp_path / "second")(LETTER).cats == own(LETTER).cats


def test_to_bytes_and_back(nlp):
    other = spacy.blank("en")
    other.add_pipe("refusal", config={"model": "no/such/folder"})
    other.from_bytes(nlp.to_bytes())
    assert other(LETTER).cats == nlp(LETTER).cats


def test_what_is_wrong_is_said(nlp, tmp_path):
    own = spacy.blank("en")
    own.add_pipe("refusal", config={"model": str(tmp_path / "none")})
    with pytest.raises(ModelError, match="no model there"):
        own(LETTER)
    with pytest.raises(ModelError, match="config"):
        own.get_pipe("refusal").from_bytes(b"\x80")
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        nlp.get_pipe("refusal").to_disk(tmp_path / "file" / "deeper")


def run(code, **environment):
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=False, env={**os.environ, **environment})
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def installed(tmp_path):
    """What pip lays down from pyproject.toml, put before the packages that are installed."""
    points = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]["spacy_factories"]
    info = tmp_path / "refusal_nlp-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: refusal-nlp\nVersion: 0.1.0\n")
    (info / "entry_points.txt").write_text("[spacy_factories]\n" + "".join(f"{name} = {place}\n" for name, place in points.items()))
    return {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT / "src")])}


def test_it_is_found_by_its_entry_point_alone(installed):
    """The name is enough, nothing of ours is imported first."""
    code = """
import spacy, sys
assert not [m for m in sys.modules if m.startswith("refusal_nlp")]
nlp = spacy.blank("en"); nlp.add_pipe("refusal")
print(max(nlp("The post has been filled.").cats.items(), key=lambda item: item[1])[0])
"""
    assert run(code, **installed) == "categorical"


def test_the_page_on_python_runs(installed):
    page = (ROOT / "docs" / "python.md").read_text("utf-8")
    shown = run("\n".join(re.findall(r"^```python\n(.*?)^```$", page, re.S | re.M)), **installed)
    assert "experience " in shown and "no text" in shown and "unexplained" not in shown
    assert re.search(r"^0 +label +categorical +1 +1\.0$", shown, re.M)
