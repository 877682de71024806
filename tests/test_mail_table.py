import pytest

from refusal_nlp.errors import FormatError
from refusal_nlp.mail.table import mails, records

TEXT = 'id{0}subject{0}body\n1{0}Küche{0}“hello”{0}\n2{0}x{0}"two\nlines"\n'


def write(tmp_path, content, name="t.csv"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_encoding_and_delimiter(tmp_path, encoding, delimiter):
    found = list(mails(write(tmp_path, TEXT.format(delimiter).encode(encoding))))
    assert [(m.id, m.subject, m.body) for m in found] == [("1", "Küche", "“hello”"), ("2", "x", "two\nlines")]


def test_letters_of_windows_far_down_in_the_file(tmp_path):
    content = b"id,body\n" + b"".join(b"%d,plain words\n" % i for i in range(2000)) + b"x,caf\xe9\n"
    assert list(mails(write(tmp_path, content)))[-1].body == "café"


def test_one_column_holds_its_commas(tmp_path):
    assert [m.body for m in mails(write(tmp_path, b"body\nhello, you; there\n"))] == ["hello, you; there"]


def test_the_columns_of_outlook(tmp_path):
    content = '"Betreff","Text","Von: (Name)","Von: (Adresse)"\n"Absage","Guten Tag","Ana","ana@brot.example"\n'.encode("cp1252")
    (mail,) = mails(write(tmp_path, content))
    assert (mail.subject, mail.body, mail.sender) == ("Absage", "Guten Tag", "ana@brot.example")


def test_short_and_long_rows(tmp_path):
    found = list(mails(write(tmp_path, b"id,subject,body\n1,a\n\n2,a,b,c,d\n")))
    assert [(m.id, m.body, m.error) for m in found] == [("1", "", "empty body"), ("2", "b", None)]


def test_a_cell_of_a_megabyte_and_nul(tmp_path):
    found = list(mails(write(tmp_path, b"id,body\n1," + b"word " * 200_000 + b"\n2,a\0b\n")))
    assert [m.id for m in found] == ["1", "2"] and found[0].body.startswith("word word")


def test_broken_lines_are_rows_with_an_error(tmp_path):
    content = b'{"body": "a"}\n' + b"[" * 200_000 + b"\n" + b'[1]\n\n{"body": "b"}\n'
    path = write(tmp_path, content, "t.jsonl")
    found = list(mails(path))
    assert [(m.body, m.error is None) for m in found] == [("a", True), ("", False), ("", False), ("b", True)]
    assert "line 2" in found[1].error and "line 3" in found[2].error
    with pytest.raises(FormatError, match="line 2"):
        list(records(path))


def test_an_xlsx_bomb(tmp_path):
    import zipfile

    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"x")
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * 90_000_000)
    with pytest.raises(FormatError, match="times its size"):
        list(mails(path))


@pytest.mark.parametrize("date", ["2024-03-04T10:00:00+00:00", "2024-03-04 10:00:00", "Mon, 4 Mar 2024 10:00:00 +0000"])
def test_dates(tmp_path, date):
    (mail,) = mails(write(tmp_path, f'body,date\nhello,"{date}"\n'.encode()))
    assert mail.date.isoformat() == "2024-03-04T10:00:00+00:00"
