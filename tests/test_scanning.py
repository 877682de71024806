import csv
import json
import pathlib
import zipfile

import pandas as pd
import pytest

import refusal_nlp
from refusal_nlp import scanning
from refusal_nlp.cascade import Options, read_rows
from refusal_nlp.errors import EmptyInputError, FormatError, MissingExtraError, MissingFileError, OutputError
from refusal_nlp.gate import P_NOT_REFUSAL
from refusal_nlp.report.rows import COLUMNS
from refusal_nlp.report.summary import Summary
from refusal_nlp.report.tables import TableWriter
from refusal_nlp.scanning import scan_parts, scan_rows
from refusal_nlp.types import Mail

SAMPLE = pathlib.Path(__file__).parent.parent / "examples" / "sample.mbox"


def test_the_sample_mailbox(reader):
    rows = list(scan_rows([SAMPLE], reader))
    assert len(rows) == 12
    labels = {row["subject"]: row["label"] for row in rows}
    assert labels['7 new jobs for "data analyst"'] == "not_refusal"
    assert labels["Re: how is the search going"] == "not_refusal"
    assert labels["Next step: Insight Analyst"] == "not_refusal"
    assert labels["Thank you from Sable"] == "kept_on_file"
    assert labels["Reporting Analyst (LT-311)"] == "categorical"
    assert all(set(row) == set(COLUMNS) for row in rows)


def test_two_processes_give_the_same_rows(reader):
    assert list(scan_rows([SAMPLE], reader, n_jobs=2)) == list(scan_rows([SAMPLE], reader))


def test_what_passes_the_gate_is_judged_as_without_it(reader):
    gated, whole = list(scan_rows([SAMPLE], reader)), list(scan_rows([SAMPLE], reader, thorough=True))
    assert [r["id"] for r in gated] == [r["id"] for r in whole]
    assert [r["label"] for r in gated] == [r["label"] for r in whole]
    changed = [g for g, w in zip(gated, whole, strict=True) if g != w]
    assert all(r["p_not_refusal"] == P_NOT_REFUSAL for r in changed)


def test_rows_of_what_is_kept_out_can_be_left_out(reader, tmp_path):
    box = tmp_path / "b.mbox"
    line = b"From x Mon Mar  4 10:00:00 2024\n"
    patch = b"Subject: [PATCH] fix the build\n\nThe list of files in the kernel tree is the same as in the last release.\n\n"
    box.write_bytes((line + patch) * 1300 + SAMPLE.read_bytes())
    (first, second) = scan_parts([box], reader, options=Options(everything=False))
    assert (first.read, first.rows) == (1024, [])
    assert second.read == 1300 - 1024 + 12
    every = list(scan_rows([box], reader))
    assert len(every) == 1312
    assert [r for r in every if r["label"] != "not_refusal"] == [r for r in second.rows if r["label"] != "not_refusal"]
    assert [r for p in scan_parts([box], reader, skip=1305) for r in p.rows] == every[1305:]


class Fragile:
    """A reader that fails on one message."""

    def __init__(self, reader):
        self.reader = reader

    def read_batch(self, mails):
        if any("POISON" in m.body for m in mails):
            raise MemoryError("too much")
        return self.reader.read_batch(mails)


def test_one_bad_message_never_ends_a_scan(reader):
    mails = [Mail(id="1", body="Your parcel is here."), Mail(id="2", body="POISON"), Mail(id="3", body="The post has been filled.")]
    rows = read_rows(Fragile(reader), mails)
    assert [r["id"] for r in rows] == ["1", "2", "3"]
    assert [r["error"] for r in rows] == [None, "not analysed: MemoryError: too much", None]
    assert rows[1]["label"] is None and rows[2]["label"] == "categorical"


def test_one_bad_file_among_others_is_a_row(reader, tmp_path):
    rows = list(scan_rows([tmp_path / "nothing.mbox", SAMPLE], reader))
    assert len(rows) == 13
    assert "no such file" in rows[0]["error"]
    assert rows[0]["label"] is None  # so that it is written beside the refusals


def test_nothing_readable_is_an_error(reader, tmp_path):
    with pytest.raises(MissingFileError):
        list(scan_rows([tmp_path / "a", tmp_path / "b"], reader))


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet", ".xlsx"])
def test_every_kind_of_table(reader, tmp_path, ending):
    path = tmp_path / f"out{ending}"
    rows = list(scan_rows([SAMPLE], reader))
    with TableWriter(path) as table:
        for row in rows:
            table.write(row)
    if ending == ".jsonl":
        assert [json.loads(line) for line in path.read_text().splitlines()] == rows
        return
    read = {".csv": pd.read_csv, ".parquet": pd.read_parquet, ".xlsx": pd.read_excel}[ending](path)
    assert list(read.columns) == list(COLUMNS)
    assert list(read["id"]) == [r["id"] for r in rows]
    assert list(read["label"]) == [r["label"] for r in rows]


HOSTILE = ['=HYPERLINK("http://x.example")', "+1", "-1", "@SUM(A1)", "\t=1", "a\x1b[31mb\x00\u202ec"]


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_no_cell_is_a_formula(reader, tmp_path, ending):
    path = tmp_path / f"out{ending}"
    with TableWriter(path) as table:
        for i, text in enumerate(HOSTILE):
            (row,) = read_rows(reader, [Mail(id=str(i), subject=text, sender=text, body="The post has been filled.")])
            table.write(row)
    if ending == ".csv":
        with path.open(newline="") as file:
            cells = [row["subject"] for row in csv.DictReader(file)]
    else:
        import openpyxl

        sheet = openpyxl.load_workbook(path).active
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
        cells = [sheet.cell(i + 2, COLUMNS.index("subject") + 1).value for i in range(len(HOSTILE))]
    assert all(cell[0] not in "=+-@\t" for cell in cells)
    assert cells[-1] == "a[31mbc"


def test_outputs_that_cannot_be_written(tmp_path):
    with pytest.raises(FormatError, match="must end in"):
        TableWriter(tmp_path / "out.doc")
    with pytest.raises(OutputError, match="cannot be written"):
        TableWriter(tmp_path / "no" / "folder" / "out.csv")
    (tmp_path / "dir.csv").mkdir()
    with pytest.raises(OutputError, match="cannot be written"):
        TableWriter(tmp_path / "dir.csv")


@pytest.mark.parametrize("ending", [".parquet", ".xlsx"])
def test_a_missing_extra_is_named_before_the_work_begins(tmp_path, monkeypatch, ending):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'refusal-nlp\[tables\]'"):
        TableWriter(tmp_path / f"out{ending}")
    assert list(tmp_path.iterdir()) == []


def test_scan_returns_a_data_frame():
    frame = refusal_nlp.scan(SAMPLE)
    assert list(frame.columns) == list(COLUMNS)
    assert str(frame["date"].dtype).startswith("datetime64") and frame["date"].dt.tz is not None
    assert len(frame) == 12


def test_summary(reader):
    summary = Summary()
    rows = list(scan_rows([SAMPLE], reader))
    for row in rows:
        summary.add(row)
    refusals = [r for r in rows if r["label"] != "not_refusal"]
    assert summary.refusals == len(refusals)
    assert summary.unexplained == sum(not r["reasons"] for r in refusals)
    assert summary.answerable == sum(r["advice"] != "do_not_write" for r in refusals)
    assert summary.lines()[0].startswith(f"12 messages read, {len(refusals)} refusals (")


@pytest.fixture
def places(tmp_path):
    """A mailbox cut into pieces, a packed one, a missing one, a table."""
    (tmp_path / "large.mbox").write_bytes(SAMPLE.read_bytes() * 5)
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as packed:
        packed.write(SAMPLE, "sample.mbox")
    (tmp_path / "t.csv").write_text("body\nThe post has been filled.\nSee you on Monday.\n")
    return [tmp_path / "large.mbox", tmp_path / "b.zip", tmp_path / "missing.mbox", tmp_path / "t.csv"]


@pytest.mark.parametrize("enough", [1, 10**9], ids=["judged there", "judged here"])
def test_processes_give_the_rows_of_one(reader, places, monkeypatch, enough):
    monkeypatch.setattr(scanning, "_PIECE", 9_000)
    monkeypatch.setattr(scanning, "_WORTH_LOADING", enough)
    expected = list(scan_rows(places, reader))
    assert len(expected) == 5 * 12 + 12 + 1 + 2
    assert list(scan_rows(places, reader, n_jobs=2)) == expected
    assert [r for p in scan_parts(places, reader, n_jobs=2, skip=65) for r in p.rows] == expected[65:]


def test_processes_say_what_cannot_be_read(reader, tmp_path):
    (tmp_path / "empty").mkdir()
    for path, fault in ((tmp_path / "none.mbox", MissingFileError), (tmp_path / "empty", EmptyInputError)):
        with pytest.raises(fault):
            list(scan_rows([path], reader, n_jobs=2))
