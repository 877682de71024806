from __future__ import annotations

import importlib.util
import pathlib
import random
from types import ModuleType
from typing import Any

import pytest

from refusal_nlp.api import load
from refusal_nlp.classify import RefusalClassifier
from refusal_nlp.reader import RefusalReader
from refusal_nlp.scanning import scan_rows
from refusal_nlp.training.data import Example, read_examples

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = ROOT / "data" / "messages.jsonl"


def tool(name: str) -> ModuleType:
    """Load a program of tools/, which is no package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def reader() -> RefusalReader:
    return load()


@pytest.fixture(scope="session")
def rows(reader: RefusalReader) -> list[dict[str, Any]]:
    """What a scan of the sample mailbox finds; not to be changed."""
    return list(scan_rows([ROOT / "examples" / "sample.mbox"], reader))


@pytest.fixture(scope="session")
def examples() -> list[Example]:
    return read_examples(DATA)


@pytest.fixture(scope="session")
def few(examples: list[Example]) -> list[Example]:
    """A small, mixed part of the data for tests that train."""
    return random.Random(4).sample(examples, 160)


@pytest.fixture(scope="session")
def small_classifier(few: list[Example]) -> RefusalClassifier:
    return RefusalClassifier(folds=3).fit([e.mail for e in few], [str(e.label) for e in few], groups=[e.group for e in few])
