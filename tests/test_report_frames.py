import pathlib

import numpy as np
import pandas as pd
import pytest

import refusal_nlp
from refusal_nlp.errors import FormatError
from refusal_nlp.report.frames import from_frame, to_frame
from refusal_nlp.report.rows import COLUMNS, flat
from refusal_nlp.report.summary import Summary
from refusal_nlp.report.tables import TableWriter
from refusal_nlp.scanning import scan_rows
from refusal_nlp.types import Advice, Label, ReasonCode

SAMPLE = pathlib.Path(__file__).parent.parent / "examples" / "sample.mbox"
LETTER = "Thank you for applying. We have decided to offer the job to another applicant with more experience."


@pytest.fixture(scope="module")
def rows(reader):
    return list(scan_rows([SAMPLE], reader))


def test_every_column_has_its_type(rows):
    frame = to_frame(rows)
    assert list(frame.columns) == list(COLUMNS)
    assert frame["date"].dt.tz is not None
    assert list(frame["label"].cat.categories) == list(Label) and list(frame["advice"].cat.categories) == list(Advice)
    kinds = {name: str(frame[name].dtype) for name in ("source", "language", "model", "needs_review", "confidence", "p_evasive", "subject", "reasons", "error")}
    assert list(kinds.values()) == ["category", "category", "category", "boolean", "float64", "float64", "string", "string", "string"]
    assert list(frame["subject"]) == [row["subject"] for row in rows]


def test_an_empty_frame_and_one_of_errors_have_the_same_types(rows):
    lost = {**dict.fromkeys(COLUMNS), "reasons": [], "signals": [], "reason_quotes": [], "error": "broken", "date": "no date"}
    for frame in (to_frame([]), to_frame([lost])):
        assert [str(t) for t in frame.dtypes.drop(["source", "language", "model"])] == [
            str(t) for t in to_frame(rows).dtypes.drop(["source", "language", "model"])
        ]
    assert to_frame([lost])["label"].isna().all() and to_frame([lost])["needs_review"].isna().all() and to_frame([lost])["date"].isna().all()


def test_scan_returns_typed_columns(rows):
    pd.testing.assert_frame_equal(refusal_nlp.scan(SAMPLE), to_frame(rows))


def test_frames_turn_back_into_rows(rows):
    for row, back in zip(rows, from_frame(to_frame(rows)), strict=True):
        left_out = {"date": None}
        assert flat(back) | left_out == flat(row) | left_out
        assert pd.Timestamp(back["date"]) == pd.Timestamp(row["date"])


@pytest.mark.parametrize("index", [["b", "a", "b", "c", "d"], pd.MultiIndex.from_product([["x"], range(5)]), [9, 7, 5, 3, 1]])
def test_classify_frame_keeps_the_index(index):
    data = pd.DataFrame({"text": [LETTER, None, "Your parcel is here.", np.nan, "  "], "other": 1}, index=index)
    found = refusal_nlp.classify_frame(data)
    assert found.index.equals(data.index)
    assert found["label"].astype(object).where(found["label"].notna(), None).tolist() == ["categorical", None, "not_refusal", None, None]
    assert found["error"].fillna("").tolist() == ["", "no text", "", "no text", "no text"]
    both = pd.concat([data, found], axis=1)
    assert both.shape == (5, 2 + found.shape[1]) and both.columns.is_unique
    pd.testing.assert_frame_equal(refusal_nlp.classify_frame(data["text"]), found)


def test_classify_frame_agrees_with_analyze():
    data = pd.DataFrame({"body": [LETTER], "title": ["Your application"], "from": ["Jobs <noreply@x.example>"]})
    found = refusal_nlp.classify_frame(data, text="body", subject="title", sender="from").iloc[0]
    analysis = refusal_nlp.analyze(LETTER, subject="Your application", sender="Jobs <noreply@x.example>")
    assert found["confidence"] == pytest.approx(analysis.confidence, abs=1e-4)
    assert found["reasons"] == ";".join(dict.fromkeys(r.code for r in analysis.reasons))
    assert found["advice"] == analysis.follow_up.advice


def test_classify_frame_in_two_processes():
    data = pd.Series([LETTER, "Your parcel is here."] * 40)
    pd.testing.assert_frame_equal(refusal_nlp.classify_frame(data, n_jobs=2), refusal_nlp.classify_frame(data))


def test_classify_frame_of_nothing():
    assert refusal_nlp.classify_frame(pd.Series([], dtype=object)).empty


def test_classify_frame_names_a_missing_column():
    with pytest.raises(FormatError, match="one column 'text'; it has body"):
        refusal_nlp.classify_frame(pd.DataFrame({"body": ["x"]}))
    with pytest.raises(FormatError, match="one column 'text'"):
        refusal_nlp.classify_frame(pd.DataFrame([["x", "y"]], columns=["text", "text"]))


def test_summaries_of_rows_frames_and_files_are_the_same(rows, tmp_path):
    expected = Summary()
    for row in rows:
        expected.add(row)
    for ending in (".jsonl", ".csv", ".parquet"):
        with TableWriter(tmp_path / f"r{ending}") as table:
            for row in rows:
                table.write(row)
        assert refusal_nlp.summarize(tmp_path / f"r{ending}") == expected
    assert refusal_nlp.summarize(rows) == expected
    found = refusal_nlp.summarize(refusal_nlp.scan(SAMPLE))
    assert found.to_dict() | {"months": None} == expected.to_dict() | {"months": None}  # a frame has its dates in UTC


def made(label="categorical", codes=(), **values):
    reasons = [{"code": code, "quote": "x", "start": 0, "end": 1, "field": "body"} for code in codes]
    return dict.fromkeys(COLUMNS) | {"label": label, "reasons": reasons, "signals": [], "reason_quotes": [], "needs_review": False} | values


def test_counts_by_reason_side_label_company_and_month():
    summary = refusal_nlp.summarize(
        [
            made(codes=["experience", "filled", "filled"], company="Brot", date="2024-03-31T23:30:00-05:00"),
            made("evasive", codes=["filled"], company=" BROT", date="2024-02-01T00:00:00+00:00"),
            made("evasive", codes=["protected"], company="Quay"),
            made("kept_on_file"),
            made("not_refusal", company="Brot", date="2024-02-01T00:00:00+00:00"),
        ]
    )
    assert summary.share_unexplained == 0.25 and summary.employer_only == 1
    table = summary.to_frame().set_index(["by", "value"])
    assert table["refusals"].to_dict() == {
        ("label", "categorical"): 1, ("label", "evasive"): 2, ("label", "kept_on_file"): 1,
        ("reason", "filled"): 2, ("reason", "experience"): 1, ("reason", "protected"): 1, ("reason", "none"): 1,
        ("side", "employer"): 2, ("side", "candidate"): 1, ("side", "protected"): 1, ("side", "none"): 1,
        ("company", "Brot"): 2, ("company", "Quay"): 1, ("month", "2024-02"): 1, ("month", "2024-03"): 1,
    }  # fmt: skip
    assert (table["share"] == table["refusals"] / 4).all()
    lines = summary.lines()
    assert lines[1].endswith("1 state none (25%)")
    assert lines[2] == "reasons on the side of: candidate 1, employer 2, protected 1"
    assert lines[3:5] == ["companies: Brot 2, Quay 1", "months: 2024-03 1, 2024-02 1"]


def test_equal_counts_stand_in_the_order_of_the_text_in_every_run():
    codes = [str(code) for code in reversed(ReasonCode)]
    summary = refusal_nlp.summarize([made(), made(codes=codes)])
    assert list(summary.reasons) == codes and set(summary.reasons.values()) == {1}
    assert list(summary.sides) == ["protected", "employer", "candidate"]


def test_a_summary_of_no_refusals():
    summary = refusal_nlp.summarize([made("not_refusal")])
    assert summary.share_unexplained is None and summary.to_frame().empty


def test_a_summary_in_words_names_few_and_steers_no_terminal():
    lines = refusal_nlp.summarize([made(company=f"C{i}\x1b[2J") for i in range(8)]).lines()
    assert next(line for line in lines if line.startswith("companies")).endswith("C4[2J 1 and 3 more")


def test_the_classifier_drops_into_scikit_learn(few):
    from sklearn.model_selection import GroupKFold, cross_val_score
    from sklearn.pipeline import Pipeline

    chosen = few[:120]
    line = Pipeline([("refusal", refusal_nlp.RefusalClassifier(folds=2))])
    texts, labels, groups = [e.mail.body for e in chosen], [str(e.label) for e in chosen], [e.group for e in chosen]
    scores = cross_val_score(line, texts, labels, groups=groups, cv=GroupKFold(2))
    assert scores.shape == (2,) and (scores > 0.3).all() and (scores <= 1).all()
