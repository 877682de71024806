"""Features for training: in several processes, and from a folder of an earlier run."""

import os
import stat

import pytest

from refusal_nlp.classify import messages_of
from refusal_nlp.errors import OutputError
from refusal_nlp.training import prepare as module
from refusal_nlp.training.prepare import code_state, prepare


@pytest.fixture(scope="module")
def mails(few):
    return [e.mail for e in few]


@pytest.fixture(scope="module")
def want(mails):
    return messages_of(mails)


def test_one_process_and_two_give_the_same(mails, want):
    told = []
    assert prepare(mails, progress=told.append) == want
    assert told == list(range(1, len(mails) + 1))
    assert prepare(mails, n_jobs=2) == want
    assert prepare([]) == []


def test_a_second_run_reads_what_the_first_has_kept(mails, want, tmp_path, monkeypatch):
    cache = tmp_path / "kept"
    assert prepare(mails, cache=cache) == want
    assert stat.S_IMODE(cache.stat().st_mode) & 0o077 == 0
    made = []
    monkeypatch.setattr(module, "messages_of", lambda part: made.append(len(part)) or messages_of(part))
    assert prepare(mails, cache=cache) == want and made == []
    assert prepare([*mails, mails[0]], cache=cache) == [*want, want[0]]
    assert sum(made) < len(mails)  # only the last batch is made anew


def test_with_other_rules_or_code_nothing_kept_is_used(mails, tmp_path, monkeypatch):
    prepare(mails[:3], cache=tmp_path / "kept")
    made = []
    monkeypatch.setattr(module, "messages_of", lambda part: made.append(len(part)) or messages_of(part))
    monkeypatch.setattr(module, "code_state", lambda: "another")
    prepare(mails[:3], cache=tmp_path / "kept")
    assert made == [3]
    assert len(code_state()) == 64


def test_a_damaged_entry_is_made_anew(mails, want, tmp_path):
    cache = tmp_path / "kept"
    prepare(mails[:3], cache=cache)
    (entry,) = cache.rglob("output.pkl")
    entry.write_bytes(b"rubbish")
    assert prepare(mails[:3], cache=cache) == want[:3]


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="the owner of a folder is asked for on POSIX systems only")
def test_a_folder_that_others_may_write_to_is_refused(mails, tmp_path):
    tmp_path.chmod(0o777)
    with pytest.raises(OutputError, match="others may write to it"):
        prepare(mails[:1], cache=tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot keep"):
        prepare(mails[:1], cache=tmp_path / "file")
