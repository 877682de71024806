"""What the report page is made of: results read back, passages, times, counts."""

import datetime as dt
import pathlib

import pytest

from refusal_nlp.errors import FormatError, MissingFileError
from refusal_nlp.report.applications import waits
from refusal_nlp.report.charts import by_company, over_time, stated_reasons, waiting
from refusal_nlp.report.passages import passages
from refusal_nlp.report.results import read_results
from refusal_nlp.report.summary import Summary
from refusal_nlp.report.tables import TableWriter
from report_rows import finding, row

SAMPLE = pathlib.Path(__file__).parent.parent / "examples" / "sample.mbox"


def test_passages_join_what_overlaps_and_mark_the_reason():
    body = "Dear Mira, we chose somebody with more practice. Good luck."
    sentence, reason, luck = body[11:48], "more practice", "Good luck."
    of = row(
        signals=[finding("decision", sentence, 11), finding("reapply", luck, body.index(luck)), finding("no_reply", "noreply@x.example", 0, "sender")],
        reasons=[finding("experience", reason, body.index(reason))],
    )
    first, second, third = passages(of, ["decision"])
    assert first["pieces"] == [("we chose somebody with ", ""), ("more practice", "experience"), (".", "")]
    assert (first["signals"], first["reasons"], first["decides"]) == (["decision"], ["experience"], True)
    assert second["pieces"] == [(luck, "")] and not second["decides"]
    assert third["pieces"] == [("noreply@x.example", "")]  # of the sender: its offsets are none of the body's


def test_passages_that_only_touch_stay_apart_and_unknown_places_stand_alone():
    assert len(passages(row(signals=[finding("decision", "ab", 0), finding("hedge", "cd", 2)]), [])) == 2
    unknown = {"code": "fit", "quote": "not the right fit", "start": None, "end": None, "field": "body"}
    assert passages(row(reasons=[unknown, unknown | {"quote": ""}]), []) == [
        {"pieces": [("not the right fit", "fit")], "signals": [], "reasons": ["fit"], "decides": False}
    ]


@pytest.mark.parametrize(
    ("applied", "refused", "days"),
    [
        ({"subject": "Thank you for applying", "sender": "X <a@x.example>"}, {"sender": "X <a@x.example>"}, 10),
        ({"subject": "Thank you for your order", "sender": "X <a@x.example>"}, {"sender": "X <a@x.example>"}, None),
        ({"subject": "Thank you for applying", "sender": "Y <a@x.example>"}, {"sender": "X <a@x.example>"}, None),
        ({"subject": "Thank you for applying", "sender": "hr@larkhill.example"}, {"sender": "Ana <ana@larkhill.example>", "company": "Larkhill Trust"}, 10),
        ({"subject": "Thank you for applying", "sender": "hr@mail.example"}, {"sender": "Ana <ana@mail.example>", "company": "Larkhill Trust"}, None),
        ({"subject": "Application: baker (LT-3)", "sender": "me@z.example"}, {"subject": "Re: AW: application: Baker  (LT-3)", "sender": "b@y.example"}, 10),
        ({"subject": "Hello", "sender": "me@z.example"}, {"subject": "Re: Hello", "sender": "b@y.example"}, None),
        ({"subject": "Thank you for applying", "sender": "X <a@x.example>", "date": "2022-01-01T10:00:00+00:00"}, {"sender": "X <a@x.example>"}, None),
        ({"subject": "Thank you for applying", "sender": "X <a@x.example>", "date": "2024-03-12T10:00:00+00:00"}, {"sender": "X <a@x.example>"}, None),
        ({"subject": "Thank you for applying", "sender": "X <a@x.example>", "date": "no date"}, {"sender": "X <a@x.example>"}, None),
    ],
)
def test_time_from_application_to_refusal(applied, refused, days):
    both = [row("not_refusal", **{"date": "2024-03-01T10:00:00+00:00"} | applied), row(**{"date": "2024-03-11T12:00:00+01:00", "subject": "No"} | refused)]
    assert waits(both) == [None, days]


def test_time_counts_from_the_last_confirmation():
    dates = ("2024-01-01", "2024-03-01")
    earlier = [row("not_refusal", subject="Application received", sender="a@x.example", date=date) for date in dates]
    assert waits([*earlier, row(sender="a@x.example", subject="No", date=dt.datetime(2024, 3, 5, tzinfo=dt.UTC))])[-1] == 4


def test_steps_of_time():
    assert over_time([]) == {"step": "month", "labels": [], "series": {}}
    few = over_time([row(date="2024-01-31T23:00:00+00:00"), row("evasive", date="2024-03-01")])
    assert (few["step"], few["labels"]) == ("month", ["2024-01", "2024-02", "2024-03"])
    assert few["series"] == {"categorical": [1, 0, 0], "evasive": [0, 0, 1], "kept_on_file": [0, 0, 0]}
    assert over_time([row(date="2020-01-01"), row(date="2024-01-01")])["labels"][::16] == ["2020 Q1", "2024 Q1"]
    long = over_time([row(date="1999-06-01"), row(date="2024-01-01")])
    assert long["step"] == "year" and len(long["labels"]) == 26


def test_numbers_of_reasons_waits_and_companies():
    summary = Summary()
    for one in (row(reasons=[finding("fit", "x", 0), finding("fit", "y", 5)]), row(reasons=[finding("filled", "x", 0)]), row()):
        summary.add(one)
    assert stated_reasons(summary.reasons, summary.unexplained) == {
        "codes": ["filled", "fit", "none"],
        "counts": [1, 1, 1],
        "sides": ["employer", "candidate", "none"],
    }
    assert waiting([])["median"] is None
    assert waiting([0, 1, 2, 3, 400])["counts"] == [1, 2, 1, 0, 0, 0, 0, 1]
    names = by_company([row(company="Brot", role="Baker"), row(company=" brot ", role="Baker"), row(company="Quay"), row()])
    assert names == [{"name": "Brot", "refusals": 2, "roles": ["Baker"]}, {"name": "Quay", "refusals": 1, "roles": []}]


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet", ".xlsx"])
def test_results_are_read_back(rows, tmp_path, ending):
    path = tmp_path / f"r{ending}"
    with TableWriter(path) as table:
        for one in rows:
            table.write(one)
    back = list(read_results(path))
    if ending == ".jsonl":
        assert back == rows
    for old, new in zip(rows, back, strict=True):
        assert {name: old[name] for name in ("id", "date", "label", "confidence", "needs_review", "company", "advice", "p_evasive")} == {
            name: new[name] for name in ("id", "date", "label", "confidence", "needs_review", "company", "advice", "p_evasive")
        }
        assert {r["code"] for r in old["reasons"]} == {r["code"] for r in new["reasons"]}
        assert old["reason_quotes"] == new["reason_quotes"]


def test_results_that_are_none(tmp_path):
    with pytest.raises(MissingFileError, match="no such file"):
        list(read_results(tmp_path / "none.jsonl"))
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(FormatError, match="ends in one of"):
        list(read_results(tmp_path / "a.txt"))
    for content, complaint in (
        ('{"body": "x"}\n', "row 1: not a result.*lacks label, reasons"),
        ('{"label": "maybe", "reasons": [], "needs_review": true}\n', "row 1: not as a scan writes it.*maybe"),
        ('{"label": null, "reasons": [{"quote": "x"}], "needs_review": true}\n', "row 1: .*code"),
        ('{"label": "evasive", "reasons": "luck", "needs_review": true}\n', "row 1: .*luck"),
        ("{nonsense\n", "line 1"),
    ):
        (tmp_path / "b.jsonl").write_text(content)
        with pytest.raises(FormatError, match=complaint):
            list(read_results(tmp_path / "b.jsonl"))
