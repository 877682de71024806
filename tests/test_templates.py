import subprocess
import sys

import pytest

from refusal_nlp.api import load
from refusal_nlp.errors import InputError, LexiconError, MissingFileError
from refusal_nlp.followup import lint, read_templates, shipped_wording
from refusal_nlp.followup.wording import parse_wording
from refusal_nlp.lexicon.load import read_text

OWN = """
[question]
categorical = ["Might I ask you for a single hint that would help my next application?"]

[close]
formal = ["With best regards\\n[your name]"]
"""
LETTER = "Dear Mira,\n\nthank you for applying. We have decided not to offer you the job.\n\nKind regards\nAna Ruiz\n"


def own(tmp_path, text):
    path = tmp_path / "my.toml"
    path.write_text(text, "utf-8")
    return path


def test_own_wording_replaces_what_it_names_and_nothing_else(tmp_path):
    wording = read_templates(own(tmp_path, OWN))
    assert wording.table["question"]["categorical"] == ("Might I ask you for a single hint that would help my next application?",)
    assert wording.table["question"]["skills"] == shipped_wording().table["question"]["skills"]
    assert wording.table["thanks"] == shipped_wording().table["thanks"]


def test_own_wording_is_used_and_polite(tmp_path):
    f = load(templates=own(tmp_path, OWN)).read(LETTER).follow_up
    assert f.question == "Might I ask you for a single hint that would help my next application?"
    assert f.body.endswith("With best regards\n[your name]")
    assert lint(f) == ()


def test_a_variant_that_we_lack_may_be_added(tmp_path):
    text = '[question]\nvolume_casual = ["Could you tell me what stands out in an application?"]\n'
    assert "volume_casual" in read_templates(own(tmp_path, text)).table["question"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[question", "not valid TOML"),
        ('[questions]\nskills = ["x?"]', r"unknown table \[questions\]"),
        ('[question]\nskill = ["x?"]', r"\[question\] has no 'skill'"),
        ('[question]\nprotected = ["How old may one be?"]', "has no 'protected'"),
        ("question = 3", "must be a table"),
        ("[question]\nskills = []", "none of them empty"),
        ('[question]\nskills = [" "]', "none of them empty"),
        ("[question]\nskills = [3]", "none of them empty"),
        ('[question]\nskills = ["Could you tell me more."]', "exactly one question mark"),
        ('[question]\nskills = ["Could you tell me? Would you?"]', "exactly one question mark"),
        ('[question]\nskills = ["Why was I not chosen?"]', "direct 'why'.*Danescu"),
        (f'[question]\nskills = ["Could you {"really " * 30}say?"]', "longer than 30"),
        ('[question]\nskills = ["Could you help {name}?"]', r"unknown placeholder \{name\}; there are \{contact\}"),
        ('[question]\nskills = ["Could you help {contact.__class__}?"]', "unknown placeholder"),
        ('[question]\nskills = ["Could you help {contact!r}?"]', "unknown placeholder"),
        ('[question]\nskills = ["Could you help {contact:>9999999}?"]', "unknown placeholder"),
        ('[question]\nskills = ["Could you help {contact?"]', "stray brace"),
        ('[question]\nskills = ["Could you tell me more about {topic}?"]', "one alternative without a placeholder"),
        ('[thanks]\nplain = ["It was good of you to write."]', "gives no thanks"),
        ('[thanks]\nplain = ["Thank you, could you say more?"]', "questions stand under"),
        ('[thanks]\nplain = ["Unfortunately, thank you."]', "disappointment"),
        ('[wishes]\nplain = ["Goodbye to all of you there."]', "wishes nothing good"),
        ('[greeting]\nformal_plain = ["Dear hiring team"]', "comma"),
        ('[greeting]\nformal_plain = ["Dear Sir or Madam,"]', "greets nobody"),
        ('[close]\nformal = ["Regards"]', "once"),
        ('[exit]\nplain = ["[your name] would be glad."]', "nowhere"),
        ('[exit]\nplain = ["Thanks."]', "could have .* to .* words"),
        (f'[exit]\nplain = ["{"A long line. " * 30}"]', "could have"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, complaint):
    with pytest.raises(LexiconError, match=complaint) as caught:
        read_templates(own(tmp_path, text))
    assert "my.toml" in str(caught.value)


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(MissingFileError, match="no such file"):
        read_templates(tmp_path / "none.toml")
    with pytest.raises(InputError, match="cannot be read"):
        read_templates(tmp_path)
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not UTF-8"):
        read_templates(tmp_path / "b.toml")


def test_the_shipped_wording_is_complete_by_itself():
    assert parse_wording(read_text("followup.toml"), "followup.toml").table == shipped_wording().table
    with pytest.raises(LexiconError, match="is missing"):
        parse_wording('[thanks]\nplain = ["Thank you."]', "x.toml")


@pytest.mark.parametrize("command", [["classify", "-"], ["scan", "examples/sample.mbox"]])
def test_the_command_line_names_a_faulty_file(tmp_path, command):
    path = own(tmp_path, "[question]\nskills = ['Why?']")
    done = subprocess.run([sys.executable, "-m", "refusal_nlp", *command, "--templates", str(path)], capture_output=True, text=True, input=LETTER, check=False)
    assert done.returncode == 1 and "[question] skills" in done.stderr and "Traceback" not in done.stderr
    path = own(tmp_path, OWN)
    done = subprocess.run([sys.executable, "-m", "refusal_nlp", *command, "--templates", str(path)], capture_output=True, text=True, input=LETTER, check=False)
    assert done.returncode == 0, done.stderr
