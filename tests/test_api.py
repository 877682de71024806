import pathlib
import subprocess
import sys

import pytest

import refusal_nlp

SAMPLE = pathlib.Path(__file__).parent.parent / "examples" / "sample.mbox"


def run(code):
    return subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_importing_loads_neither_spacy_nor_scikit_learn():
    heavy = run("import sys, refusal_nlp; print([m for m in ('spacy', 'sklearn', 'numpy', 'pandas', 'scipy', 'joblib', 'rich', 'typer') if m in sys.modules])")
    assert heavy == "[]"


def test_importing_is_quick():
    """Under 0.1 s more than Python itself; the best of several, as the machine may be busy."""
    code = "import time; t = time.perf_counter(); import refusal_nlp; print(time.perf_counter() - t)"
    assert min(float(run(code)) for _ in range(5)) < 0.1


def test_every_public_name_exists_and_is_found_lazily():
    for name in refusal_nlp.__all__:
        assert getattr(refusal_nlp, name) is not None
    assert sorted(refusal_nlp.__all__) == dir(refusal_nlp)
    with pytest.raises(AttributeError, match="nonsense"):
        refusal_nlp.nonsense  # noqa: B018


def test_functions_stay_functions_after_their_modules_are_loaded():
    assert (
        run(
            "import refusal_nlp, refusal_nlp.scanning, refusal_nlp.training.train, refusal_nlp.cli.scan; print(callable(refusal_nlp.scan), callable(refusal_nlp.train))"
        )
        == "True True"
    )


def test_version_is_that_of_the_distribution():
    from importlib.metadata import version

    assert refusal_nlp.__version__ == version("refusal-nlp")


def test_analyze_and_load_agree():
    text = "Thank you for applying. We have decided to offer the job to another applicant."
    a = refusal_nlp.analyze(text, subject="Your application", sender="jobs@x.example")
    assert a == refusal_nlp.load().read(refusal_nlp.Mail(body=text, subject="Your application", sender="jobs@x.example"))
    assert a.is_refusal


def test_read_mailbox_is_lazy():
    stream = refusal_nlp.read_mailbox(SAMPLE)
    assert next(stream).id.startswith("<sample-")


def test_a_scan_opens_no_connection():
    code = f"""
import socket, sys
def no(*a, **k): raise SystemExit('a connection was opened')
socket.socket.connect = no; socket.create_connection = no; socket.getaddrinfo = no
import refusal_nlp
print(len(refusal_nlp.scan({str(SAMPLE)!r})))
"""
    assert run(code) == "12"
