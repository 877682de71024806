"""The page without a browser; tools/page_check.py holds it to one."""

import base64
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

from refusal_nlp.errors import OutputError
from refusal_nlp.report.page import embedded_json, page_data, render, require_place, write_page
from refusal_nlp.report.summary import Summary
from refusal_nlp.types import REFUSALS, Advice, ReasonCode, SignalCode
from report_rows import finding, row

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
    without, everything = (Page((tmp_path / name).read_text("utf-8")).data() for name in ("c.html", "a.html"))
    assert without["rows"] == [row | {"wait": None} for row in everything["rows"]] and without["counts"] == everything["counts"]
    done = cli("scan", SAMPLE, "--report", tmp_path / "none" / "c.html")
    assert done.returncode == 1 and "cannot be written" in done.stderr
    done = cli("report", pathlib.Path(tmp_path, "none.jsonl"), "-o", tmp_path / "d.html")
    assert done.returncode == 1 and "no such file" in done.stderr
