"""Build the package and try it as a stranger would: `python tools/release.py PYTHON...`.

For each interpreter given (paths or names; default: this one) a new virtual environment is made, the wheel is installed with what it needs from the
package index and nothing else, and `refusal-nlp scan`, `classify` and `import refusal_nlp` are run from another folder. Prints a line for each; exits with
1 where one fails.
"""

from __future__ import annotations

import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TRIED = "import refusal_nlp; a = refusal_nlp.analyze('We chose another applicant.'); assert a.is_refusal; print(refusal_nlp.__version__)"


def run(command: list[str], folder: pathlib.Path) -> str:
    """Run a command; returns what it printed and raises with its complaints where it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")
    return done.stdout


def tried(python: str, wheel: pathlib.Path, folder: pathlib.Path) -> str:
    """Install the wheel with one interpreter and use it; returns the last line of the scan's summary."""
    version = run([python, "--version"], folder).strip()
    place = folder / "env"
    run([python, "-m", "venv", str(place)], folder)
    scripts = place / ("Scripts" if sys.platform == "win32" else "bin")
    run([str(scripts / "python"), "-m", "pip", "install", "--quiet", str(wheel)], folder)
    shutil.copy(ROOT / "examples" / "sample.mbox", folder / "sample.mbox")
    shown = run([str(scripts / "refusal-nlp"), "scan", "sample.mbox"], folder)
    (line,) = [line for line in shown.splitlines() if "messages read" in line]
    (folder / "letter.txt").write_text("Thank you for applying. The post has been filled.\n", "utf-8")
    run([str(scripts / "refusal-nlp"), "classify", "letter.txt"], folder)
    return f"{version}: refusal-nlp {run([str(scripts / 'python'), '-c', TRIED], folder).strip()}, {line}"


def main() -> int:
    """Build and try."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pythons", nargs="*", default=[sys.executable])
    args = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        out = pathlib.Path(scratch)
        run([sys.executable, "-m", "build", "--outdir", str(out), str(ROOT)], out)
        (wheel,) = out.glob("*.whl")
        print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.1f} MB", flush=True)
        for number, python in enumerate(args.pythons):
            folder = out / str(number)
            folder.mkdir()
            try:
                print(tried(python, wheel, folder), flush=True)
            except (RuntimeError, OSError, ValueError) as fault:
                failed = 1
                print(f"{python}: {fault}", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
