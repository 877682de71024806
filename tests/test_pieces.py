import pytest

from conftest import ROOT
from refusal_nlp.cascade import Part
from refusal_nlp.errors import EmptyInputError, FormatError, MissingFileError
from refusal_nlp.mail.read import read_items
from refusal_nlp.pieces import Outcome, parts_of, pieces, place_of, without_first

SAMPLE = ROOT / "examples" / "sample.mbox"


@pytest.fixture
def places(tmp_path):
    (tmp_path / "large.mbox").write_bytes(SAMPLE.read_bytes() * 4)
    (tmp_path / "folder").mkdir()
    for i in range(7):
        (tmp_path / "folder" / f"{i}.eml").write_bytes(b"Subject: %d\n\nSee you on Monday.\n" % i)
    return [tmp_path / "large.mbox", tmp_path / "folder"]


def data(found):
    return [item.data for piece in found for item in piece.items()]


@pytest.mark.parametrize("size", [200, 9_000, 10**9])
def test_pieces_hold_every_message_once_and_in_order(places, size):
    whole = [item.data for place in places for item in read_items(place, lambda raw, **_: type("Raw", (), {"data": raw}))]
    found = list(pieces(places, size))
    assert data(found) == whole
    assert len(whole) == 4 * 12 + 7
    assert (len(found) > 2) == (size < 10**9)
    assert [p.path for p in found] == sorted(p.path for p in found)


@pytest.mark.parametrize("skip", [0, 1, 12, 47, 48, 50, 55, 90])
def test_the_first_messages_are_left_out(places, skip):
    assert data(without_first(pieces(places, 9_000), skip)) == data(pieces(places, 9_000))[skip:]


def test_what_cannot_be_read_is_told_with_its_path(tmp_path, places):
    (missing,) = pieces([tmp_path / "none"], 100)
    assert isinstance(missing.error, MissingFileError)
    assert list(missing.items()) == []
    assert "large.mbox" in place_of(next(pieces(places, 100)))


def outcome(path, rows=1, error=None):
    return Outcome(path=path, part=Part(rows=[{"id": str(i)} for i in range(rows)], read=rows), error=error)


def test_one_bad_path_among_others_is_a_row():
    fault = FormatError("b: broken")
    parts = list(parts_of(["a", "b"], iter([outcome(0), outcome(1, 0, fault)])))
    assert sum(p.read for p in parts) == 2
    assert parts[-1].rows[0]["error"] == "b: broken"


@pytest.mark.parametrize("fault", [FormatError("a: broken"), MissingFileError("a: no such file or folder")])
def test_where_nothing_can_be_read_the_fault_is_raised_as_it_is(fault):
    with pytest.raises(type(fault), match="a: "):
        list(parts_of(["a"], iter([outcome(0, 0, fault)])))


def test_a_path_without_messages_is_an_error_unless_they_were_left_out():
    with pytest.raises(EmptyInputError, match="no message in it"):
        list(parts_of(["a"], iter([outcome(0, 0)])))
    assert [p.read for p in parts_of(["a"], iter([outcome(0, 0)]), skipped=True)] == [0]
