"""Users' own tables: what is refused, what is set aside, what belongs together."""

import json

import pandas as pd
import pytest

from refusal_nlp.errors import DataError, FormatError, MissingFileError
from refusal_nlp.training.groups import group_names, near_duplicates
from refusal_nlp.training.mapping import read_mapping
from refusal_nlp.training.own import read_own
from refusal_nlp.types import Label, Mail

NO = "Thank you for coming in on Tuesday. We have given the post of stock clerk to somebody who lives in the village."
LUNCH = "The canteen is closed on Friday, so bring your own sandwiches and a cup."
PARCEL = "Your parcel with the blue lamp waits at the counter of the post office until noon."


def frame(*rows, **more):
    return pd.DataFrame([dict(zip(("body", "label"), row, strict=True)) for row in rows]).assign(**more)


def why(found):
    return [(a.where, a.why) for a in found.set_aside]


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "parquet", "xlsx", "frame"])
def test_every_kind_of_table_gives_the_same(tmp_path, ending):
    table = frame((NO, "categorical"), (LUNCH, "not_refusal"), subject=["Stock clerk", None], sender=["jobs@brot.example", None])
    path = tmp_path / f"mine.{ending}"
    if ending in {"csv", "tsv"}:
        table.to_csv(path, index=False, sep="," if ending == "csv" else "\t")
    elif ending == "jsonl":
        table.to_json(path, orient="records", lines=True)
    elif ending != "frame":
        getattr(table, {"parquet": "to_parquet", "xlsx": "to_excel"}[ending])(path, index=False)
    found = read_own([table if ending == "frame" else path])
    assert [(e.mail.body, e.label, e.mail.subject, e.mail.sender, e.signals) for e in found.examples] == [
        (NO, Label.CATEGORICAL, "Stock clerk", "jobs@brot.example", None),
        (LUNCH, Label.NOT_REFUSAL, None, None, None),
    ]
    assert found.set_aside == () and len(found.hashes) == 1


def test_quotes_in_any_form(tmp_path):
    quotes = [["decision", "given the post of stock clerk to somebody"]]
    for value in (quotes, json.dumps(quotes), [{"code": "decision", "quote": quotes[0][1]}]):
        (example,) = read_own([pd.DataFrame({"text": [NO], "label": ["categorical"], "signals": [value]})]).examples
        assert [(q.code, NO[slice(*q.place)]) for q in example.signals] == [tuple(quotes[0])]
    pd.DataFrame({"text": [NO], "label": ["categorical"], "signals": [quotes]}).to_parquet(tmp_path / "q.parquet")
    assert read_own([tmp_path / "q.parquet"]).examples[0].signals[0].code == "decision"
    # a flat table of `scan` holds bare codes
    assert read_own([frame((NO, "categorical"), signals="decision;reapply")]).examples[0].signals is None


@pytest.mark.parametrize(
    ("row", "kind", "text"),
    [
        ({"body": " "}, "body", "no body"),
        ({"body": None}, "body", "no body"),
        ({"label": None}, "label", "no label"),
        ({"label": "Rejected"}, "label", "unknown label 'Rejected'; use one of not_refusal"),
        ({"lang": "de"}, "language", "language 'de'"),
        ({"signals": [["nonsense", "x"]]}, "format", "unknown code 'nonsense'"),
        ({"signals": [3]}, "format", "not a pair of code and quote: 3"),
        ({"reasons": [{"code": "fit"}]}, "format", "not a pair"),
    ],
)
def test_a_faulty_row_is_set_aside_by_its_number_or_refused(tmp_path, row, kind, text):
    path = tmp_path / "mine.jsonl"
    good = {"body": LUNCH, "label": "not_refusal"}
    path.write_text("".join(json.dumps(r) + "\n" for r in (good, {"body": NO, "label": "categorical"} | row)))
    found = read_own([path])
    assert why(found) == [("mine.jsonl row 2", kind)] and text in found.set_aside[0].text
    assert [e.mail.body for e in found.examples] == [LUNCH]
    with pytest.raises(DataError, match=r"1 faulty rows.*\n.*mine.jsonl row 2: "):
        read_own([path], strict=True)


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(f'body,label\n"{LUNCH}\n\nBye",not_refusal\n{NO},nope\n')
    assert why(read_own([path])) == [("mine.csv row 3", "label")]
    table = frame((LUNCH, "not_refusal"), (NO, "nope")).set_index(pd.Index(["a", "b"]))
    assert why(read_own([table])) == [("row b", "label")]


def test_wrong_columns_are_named_with_what_is_there(tmp_path):
    with pytest.raises(DataError, match=r"no column `body` \(or `text`\) and none `label`; it has Class, Message"):
        read_own([pd.DataFrame({"Message": [NO], "Class": ["categorical"]})])
    with pytest.raises(DataError, match="no column `label`; it has body"):
        read_own([pd.DataFrame({"body": [NO]})])


def test_files_that_are_none(tmp_path):
    with pytest.raises(MissingFileError):
        read_own([tmp_path / "no.csv"])
    for name, content, error in (
        ("e.csv", b"", DataError),
        ("x.parquet", b"\0\1", FormatError),
        ("x.jsonl", b"[1]\n", FormatError),
        ("x.txt", b"x", DataError),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(error, match=name):
            read_own([tmp_path / name])
    with pytest.raises(DataError, match=r"2 rows set aside, and no other row is left:\nrow 0: no body"):
        read_own([frame(("", "categorical"), ("", "evasive"))])


def test_contradicting_copies_are_all_set_aside_and_equal_ones_but_for_the_first():
    table = frame((NO, "categorical"), (f"  {NO.upper()}\n", "evasive"), (LUNCH, "not_refusal"), (LUNCH, "not_refusal"))
    found = read_own([table])
    assert why(found) == [("row 0", "contradiction"), ("row 1", "contradiction"), ("row 3", "repeat")]
    assert "row 0 says categorical, row 1 says evasive" in found.set_aside[0].text
    with pytest.raises(DataError, match="2 faulty rows"):
        read_own([table], strict=True)
    assert len(read_own([table.iloc[2:]], strict=True).examples) == 1  # a plain repeat is no fault


def test_a_leak_between_given_groups():
    near = NO.replace("Tuesday", "Monday")
    table = frame((NO, "categorical"), (near, "categorical"), (LUNCH, "not_refusal"), group=["a", "b", "b"])
    found = read_own([table])
    assert why(found) == [("row 1", "leak")] and "nearly the same as row 0, which is in group 'a'" in found.set_aside[0].text
    assert [e.group for e in found.examples] == ["a", "b"]
    with pytest.raises(DataError, match="leak between groups"):
        read_own([table], strict=True)
    assert not read_own([table.assign(group="a")]).set_aside
    assert not read_own([table.drop(columns="group")]).set_aside  # without groups the two are joined


def test_a_leak_into_the_test_messages():
    (test,) = read_own([frame((NO, "categorical"))]).examples
    found = read_own([frame((NO.replace("Tuesday", "Monday"), "categorical"), (LUNCH, "not_refusal"))], reserved=[test])
    assert why(found) == [("row 0", "leak")] and "test message" in found.set_aside[0].text


def test_labels_and_columns_are_renamed(tmp_path):
    table = pd.DataFrame({"Message": [NO, LUNCH, PARCEL, "x"], "Class": ["Rejected", "NOT-refusal", " other ", "Unsure"]})
    path = tmp_path / "names.toml"
    path.write_text('[columns]\nMessage = "body"\nClass = "label"\n[labels]\nrejected = "categorical"\nOther = "not_refusal"\nunsure = "skip"\n')
    found = read_own([table], mapping=path)
    assert [e.label for e in found.examples] == ["categorical", "not_refusal", "not_refusal"]
    assert why(found) == [("row 3", "skipped")]
    assert len(read_own([table], mapping=path, strict=True).examples) == 3
    (tmp_path / "names.json").write_text('{"Rejected": "categorical"}')
    assert read_mapping(tmp_path / "names.json").row({"label": "REJECTED"})["label"] == "categorical"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [('a = "nope"', "a = 'nope'"), ("[labels", "not a readable mapping"), ("[labels]\n[other]\nx = 1", "and nothing else"), ("a = ['b']", "must lead to")],
)
def test_a_faulty_mapping_is_refused(tmp_path, text, complaint):
    (tmp_path / "m.toml").write_text(text)
    with pytest.raises(DataError, match=complaint):
        read_mapping(tmp_path / "m.toml")


def mail(body, sender=None, subject=None):
    return Mail(id=body[:6], body=body, sender=sender, subject=subject)


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        (mail(NO, "Ana <ana@brot.example>"), mail(LUNCH, "jobs@mail.brot.example"), True),
        (mail(NO, "ana@brot.co.uk"), mail(LUNCH, "jobs@torte.co.uk"), False),
        (mail(NO, "x@example.com"), mail(LUNCH, "x@example.com"), False),
        (mail(NO, "Brot <x@example.com>"), mail(LUNCH, "Brot <y@example.com>"), False),
        (mail(NO, "ana@gmail.com"), mail(LUNCH, "ivo@gmail.com"), False),
        (mail(NO, "Brot <no-reply@greenhouse.io>"), mail(LUNCH, "Torte <no-reply@greenhouse.io>"), False),
        (mail(NO, "Brot <no-reply@greenhouse.io>"), mail(LUNCH, "Brot <no-reply@greenhouse.io>"), True),
        (mail(NO, None, "Stock clerk in Aal"), mail(LUNCH, None, "Re: AW: stock clerk  in Aal"), True),
        (mail(NO, None, "Your application"), mail(LUNCH, None, "Re: Your application"), False),
        (mail(NO), mail(NO.replace("Tuesday", "Monday")), True),
        (mail(NO), mail(LUNCH), False),
    ],
)
def test_what_belongs_together_without_groups(one, other, together):
    names = group_names([one, mail(PARCEL), other], [None] * 3)
    assert (names[0] == names[2]) is together and names[1] not in {names[0], names[2]}


def test_groups_are_chained_and_given_ones_stay():
    a, b, c = mail(NO, "ana@brot.example"), mail(LUNCH, "jobs@brot.example", "Stock clerk in Aal"), mail(PARCEL, None, "Re: Stock clerk in Aal")
    assert len(set(group_names([a, b, c], [None] * 3))) == 1
    assert group_names([a, b, c], ["x", None, "y"]) == ["x", f"auto:{b.id}", "y"]


def test_near_duplicates():
    assert near_duplicates([NO, LUNCH, NO.replace("Tuesday", "Monday")]) == [(0, 2)]
    assert near_duplicates([LUNCH, NO], [NO]) == [(1, 0)]
    assert near_duplicates([], [NO]) == near_duplicates([NO], []) == []
