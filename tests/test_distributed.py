import os
import pathlib
import signal
import threading

import pandas as pd
import pytest

import refusal_nlp
from refusal_nlp import distributed as ours
from refusal_nlp.errors import EmptyInputError, InputError, MissingExtraError
from refusal_nlp.scanning import scan_rows

SAMPLE = pathlib.Path(__file__).parent.parent / "examples" / "sample.mbox"
# Dask's own shutdown leaves sockets to the garbage collector.
pytestmark = [pytest.mark.filterwarnings("ignore::ResourceWarning"), pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]


@pytest.fixture(scope="module")
def client():
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@pytest.fixture
def partitioned(tmp_path, reader):
    """A large mailbox, a folder of parquet parts, a Maildir, and what cannot be read."""
    (tmp_path / "large.mbox").write_bytes(SAMPLE.read_bytes() * 12)
    (tmp_path / "parts").mkdir()
    frame = pd.DataFrame({"id": ["1", "2", "3"], "body": ["The post has been filled.", "See you on Monday.", "We chose somebody else."]})
    for i in range(3):
        frame.to_parquet(tmp_path / "parts" / f"part-{i}.parquet")
    for name in ("cur", "new", "tmp"):
        (tmp_path / "Maildir" / name).mkdir(parents=True)
    for i in range(5):
        (tmp_path / "Maildir" / "cur" / f"{i}:2,S").write_bytes(b"Subject: %d\n\nWe regret that the position has been filled.\n" % i)
    return [tmp_path / "large.mbox", tmp_path / "missing.mbox", tmp_path / "parts", tmp_path / "Maildir"]


def test_the_table_is_the_same(client, partitioned, reader, monkeypatch):
    monkeypatch.setattr(ours, "_PIECE", 9_000)
    expected = list(scan_rows(partitioned, reader))
    assert len(expected) == 12 * 12 + 1 + 9 + 5
    assert len(list(ours.pieces(partitioned, 9_000))) > 10
    assert list(ours.scan_distributed(partitioned, reader)) == expected


def test_a_worker_killed_in_the_middle_changes_nothing(client, partitioned, reader, monkeypatch):
    monkeypatch.setattr(ours, "_PIECE", 9_000)
    expected = list(scan_rows(partitioned, reader))
    rows, killed = [], []
    for row in ours.scan_distributed(partitioned, reader):
        rows.append(row)
        if len(rows) == 20:
            victim = sorted(client.run(os.getpid).values())[0]
            killed.append(victim)
            os.kill(victim, signal.SIGKILL)
    assert rows == expected
    assert killed
    client.wait_for_workers(2, timeout=60)  # another one takes its place


def test_without_a_client_a_local_cluster_is_started(partitioned, reader):
    """In a thread of its own, where no client is active."""
    pytest.importorskip("distributed")
    found = []
    code = threading.Thread(target=lambda: found.append(refusal_nlp.scan(SAMPLE, engine="dask", n_jobs=2)))
    code.start()
    code.join(120)
    pd.testing.assert_frame_equal(found[0], refusal_nlp.scan(SAMPLE))


def test_nothing_readable_is_an_error(client, reader, tmp_path):
    with pytest.raises(InputError, match="no such file"):
        list(ours.scan_distributed([tmp_path / "none"], reader))
    (tmp_path / "empty").mkdir()
    with pytest.raises(EmptyInputError, match="no message in it"):
        list(ours.scan_distributed([tmp_path / "empty"], reader))


def test_a_missing_extra_is_named(reader, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(MissingExtraError, match=r"refusal-nlp\[dask\]"):
        list(ours.scan_distributed([SAMPLE], reader))
