"""The page without a browser; tools/page_check.py holds it to one."""

import base64
import datetime as dt
import hashlib
import html.parser
import importlib.resources
import json
import pathlib
import re
import subprocess
import sys
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refusal_nlp.errors import FormatError, MissingFileError, OutputError
from refusal_nlp.report.applications import waits
from refusal_nlp.report.charts import by_company, over_time, stated_reasons, waiting
from refusal_nlp.report.page import embedded_json, page_data, render, require_place, write_page
from refusal_nlp.report.passages import passages
from refusal_nlp.report.results import read_results
from refusal_nlp.report.rows import COLUMNS
from refusal_nlp.report.summary import Summary
from refusal_nlp.report.tables import TableWriter
from refusal_nlp.scanning import scan_rows
from refusal_nlp.types import REFUSALS, Advice, ReasonCode, SignalCode

SAMPLE = pathlib.Path(__file__).parent.parent / "examples" / "sample.mbox"
WEB = importlib.resources.files("refusal_nlp.report").joinpath("web")


def cli(*arguments):
    return subprocess.run([sys.executable, "-m", "refusal_nlp", *map(str, arguments)], capture_output=True, text=True, check=False)


class Page(html.parser.HTMLParser):
    """What a browser would find: elements with their attributes, and the text of scripts and styles."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.found = []
        self.inside = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append([tag, dict(attrs), ""])
        self.inside = tag in self.CDATA_CONTENT_ELEMENTS

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.found[-1][2] += data

    def data(self):
        return next(json.loads(text) for tag, attrs, text in self.found if attrs.get("id") == "data")

    def policy(self):
        return next(attrs["content"] for _, attrs, _ in self.found if attrs.get("http-equiv") == "Content-Security-Policy")


def row(label="categorical", **values):
    return dict.fromkeys(COLUMNS) | {"label": label, "reasons": [], "signals": [], "reason_quotes": [], "needs_review": False, "confidence": 0.9} | values


def finding(code, quote, start, field="body"):
    return {"code": code, "quote": quote, "start": start, "end": start + len(quote), "field": field}


@pytest.fixture(scope="module")
def rows(reader):
    return list(scan_rows([SAMPLE], reader))


def test_the_page_allows_its_own_scripts_and_style_and_no_other(rows):
    page = Page(render(page_data(rows)))
    inside = [(tag, attrs, text) for tag, attrs, text in page.found if tag in {"script", "style"} and attrs.get("type") != "application/json"]
    digests = {f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for _, _, text in inside}
    assert len(inside) == len(digests) == 3
    assert set(re.findall(r"'sha256-[^']+'", page.policy())) == digests
    assert "default-src 'none'" in page.policy() and "unsafe" not in page.policy() and "http" not in page.policy()


def test_nothing_in_the_page_names_an_address(rows):
    page = Page(render(page_data(rows)))
    assert not [(tag, attrs) for tag, attrs, _ in page.found if {"src", "srcset", "action", "style"} & set(attrs) or (tag != "a" and "href" in attrs)]
    assert [attrs["href"] for _, attrs, _ in page.found if "href" in attrs] == ["#messages"]
    own = "".join(WEB.joinpath(name).read_text("utf-8") for name in ("page.css", "elements.js", "charts.js", "detail.js", "table.js", "start.js"))
    assert not re.search(
        r"https?:|//[a-z]|url\(|@import|fetch|XMLHttp|WebSocket|import\(|innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function\(", own
    )
    assert "sourceMappingURL" not in render(page_data(rows))


HOSTILE = (
    "</script><script>alert(1)</script>",
    "</script x",
    "<!--<script x",
    "<img src=x onerror=alert(1)>",
    "$data $policy ${x}",
    "a\u2028\u2029",
    "]]>&lt;",
    "\ud800",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_element_of_the_page_is_made_by_a_message(text, tmp_path):
    columns = ("source", "sender", "subject", "company", "role", "send_to", "reply_subject", "reply_body", "error")
    harmless, hostile = (row(**dict.fromkeys(columns, x), signals=[finding("decision", x, 0)], advice="ask") for x in ("plain", text))
    write_page(tmp_path / "a.html", [harmless])
    write_page(tmp_path / "b.html", [hostile])
    plain, page = (Page((tmp_path / name).read_text("utf-8")) for name in ("a.html", "b.html"))
    shape = [(tag, attrs, "" if attrs.get("id") == "data" else body) for tag, attrs, body in page.found]
    assert shape == [(tag, attrs, "" if attrs.get("id") == "data" else body) for tag, attrs, body in plain.found]
    assert page.data()["rows"][0]["subject"] == text.replace("\u2028\u2029", "")
    assert page.data()["rows"][0]["passages"][0]["pieces"] == [[text.replace("\u2028\u2029", ""), ""]]


@given(st.text())
def test_embedded_json_is_plain_and_the_same(text):
    assert json.loads(embedded_json({text: text})) == {text: text}
    assert embedded_json(text).isascii() and not set("<>&") & set(embedded_json(text))


def test_words_exist_for_every_code():
    words = tomllib.loads(importlib.resources.files("refusal_nlp.report").joinpath("wording.toml").read_text("utf-8"))
    assert set(words["reasons"]) == set(ReasonCode) and set(words["signals"]) == set(SignalCode) and set(words["advice"]) == set(Advice)
    assert set(words["labels"]) == set(words["explained"]) == {*REFUSALS, "not_judged"}
    assert set(words["sides"]) == {*(code.side for code in ReasonCode), "none"}
    assert set(words["decides"]) == set(REFUSALS) and {code for codes in words["decides"].values() for code in codes} <= set(SignalCode)
    assert "!" not in "".join(str(value) for table in words.values() for value in table.values())


def test_the_library_is_the_one_that_is_named():
    noted = tomllib.loads(WEB.joinpath("vendor/VENDORED.toml").read_text("utf-8"))["chart"]
    file = WEB.joinpath("vendor", noted["file"]).read_bytes()
    assert hashlib.sha256(file).hexdigest() == noted["sha256"]
    assert f"Chart.js v{noted['version']}".encode() in file[:200]
    assert b"MIT License" in WEB.joinpath("vendor", noted["licence_file"]).read_bytes()


def test_the_page_without_its_data_is_small(rows):
    assert len(render(page_data([]))) < 3_000_000
    assert page_data([])["lead"] == "No message here turns an application down."


def test_what_the_page_shows(rows):
    data = json.loads(embedded_json(page_data(rows)))
    refusals = [r for r in rows if r["label"] in REFUSALS]
    assert data["counts"]["messages"] == 12 and data["counts"]["refusals"] == len(refusals) == len(data["rows"])
    assert sum(map(sum, data["charts"]["time"]["series"].values())) == len(refusals)
    for shown, of in zip(data["rows"], refusals, strict=True):
        assert shown["label"] == of["label"] and shown["reply"] == of["reply_body"]
        said = "".join(piece for passage in shown["passages"] for piece, _ in passage["pieces"])
        assert all(found["quote"] in said for found in (*of["signals"], *of["reasons"]))
        marked = {code for passage in shown["passages"] for _, code in passage["pieces"]} - {""}
        assert marked <= set(shown["reasons"]) and bool(marked) == bool(shown["reasons"])


def test_what_could_not_be_judged_is_listed():
    unread, foreign, other = row(None, error="broken"), row("not_refusal", needs_review=True, language="de"), row("not_refusal", language="de")
    data = page_data([unread, foreign, other])
    assert [(r["label"], r["error"]) for r in data["rows"]] == [("not_judged", "broken"), ("not_judged", None)]


def test_a_summary_of_the_whole_scan_counts_what_the_rows_leave_out():
    summary = Summary()
    summary.add_part([row()], read=500)
    assert page_data([row()], summary)["counts"]["messages"] == 500


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


def test_a_page_that_cannot_be_written(tmp_path):
    with pytest.raises(OutputError, match="cannot be written"):
        write_page(tmp_path / "none" / "a.html", [])
    for place in (tmp_path / "none" / "a.html", tmp_path):
        with pytest.raises(OutputError, match="cannot be written"):
            require_place(place)
    require_place(tmp_path / "a.html")
    assert list(tmp_path.iterdir()) == []


def test_scan_and_report_on_the_command_line(tmp_path):
    done = cli("scan", SAMPLE, "-o", tmp_path / "r.jsonl", "--all", "--report", tmp_path / "a.html")
    assert (done.returncode, done.stderr) == (0, "")
    done = cli("report", tmp_path / "r.jsonl", "-o", tmp_path / "b.html")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "a.html").read_text("utf-8") == (tmp_path / "b.html").read_text("utf-8")
    assert cli("scan", SAMPLE, "--report", tmp_path / "c.html").returncode == 0
    assert len(Page((tmp_path / "c.html").read_text("utf-8")).data()["rows"]) == 7
    done = cli("scan", SAMPLE, "--report", tmp_path / "none" / "c.html")
    assert done.returncode == 1 and "cannot be written" in done.stderr
    done = cli("report", pathlib.Path(tmp_path, "none.jsonl"), "-o", tmp_path / "d.html")
    assert done.returncode == 1 and "no such file" in done.stderr
