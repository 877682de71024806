"""The public interface as two type checkers see it from outside: a client project of its own, checked strictly."""

import json
import pathlib
import shutil
import subprocess
import sys

import pytest

import refusal_nlp

CLIENT = pathlib.Path(__file__).parent / "client" / "tracker.py"


@pytest.fixture
def client(tmp_path):
    shutil.copy(CLIENT, tmp_path / "tracker.py")
    (tmp_path / "pyrightconfig.json").write_text(json.dumps({"typeCheckingMode": "strict"}))
    return tmp_path


def checked(folder, *command):
    return subprocess.run([sys.executable, "-m", *command, "tracker.py"], cwd=folder, capture_output=True, text=True, check=False)


COMMANDS = {
    "mypy": ["mypy", "--strict", "--cache-dir=.cache"],
    "pyright": ["basedpyright", "--pythonpath", sys.executable],  # pyright, with a Node.js that pip installs
}


@pytest.mark.parametrize("checker", COMMANDS)
def test_the_public_interface_is_typed(client, checker):
    done = checked(client, *COMMANDS[checker])
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("checker", COMMANDS)
def test_a_wrong_use_is_found(client, checker):
    with (client / "tracker.py").open("a") as file:
        file.write("\nWRONG: int = refusal_nlp.analyze('text').label\n")
    done = checked(client, *COMMANDS[checker])
    assert done.returncode == 1
    assert "WRONG" in done.stdout or '"int"' in done.stdout


def test_the_client_uses_every_public_name():
    text = CLIENT.read_text("utf-8")
    assert [name for name in refusal_nlp.__all__ if name not in text] == []
