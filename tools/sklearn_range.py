"""Load the shipped model with the lowest and the highest scikit-learn of our range and compare: `python tools/sklearn_range.py`.

Makes two virtual environments (kept under build/ for the next run), installs the package with the oldest and with the newest scikit-learn that pyproject.toml
allows, lets each judge the same messages with `models/default`, and fails where a probability differs by more than 1e-6. Packages come from the index that pip
is set up for.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tomllib
import venv

ROOT = pathlib.Path(__file__).resolve().parent.parent
PLACE = ROOT / "build" / "sklearn_range"
ALLOWED = 1e-6
MESSAGES = 200
# Run inside of each environment; prints the version and the probabilities.
JUDGE = """
import json, sys
import sklearn
from refusal_nlp import load
rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")][: int(sys.argv[2])]
from refusal_nlp import Mail
reader = load(sys.argv[3])
chances = reader.classifier.predict_proba([Mail(body=r["body"], subject=r["subject"], sender=r["sender"]) for r in rows])
print(json.dumps([sklearn.__version__, chances.tolist()]))
"""


def bounds() -> tuple[str, str]:
    """The requirements of the lowest and of the highest scikit-learn: `scikit-learn==1.7.*` with its first release, and the range itself."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    (whole,) = [r for r in wanted if re.match(r"scikit-learn\b", r)]
    found = re.search(r">=\s*([\d.]+)", whole)
    if not found:
        raise SystemExit(f"no lowest version in {whole!r}")
    parts = [*found[1].split("."), "0", "0"][:3]
    return f"scikit-learn=={'.'.join(parts)}", whole


def judged(name: str, requirement: str, *, fresh: bool) -> tuple[str, list[list[float]]]:
    """Probabilities of one environment and its version of scikit-learn."""
    place = PLACE / name
    python = place / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    stamp = place / "installed.txt"
    if fresh or not stamp.exists() or stamp.read_text("utf-8") != requirement:
        venv.create(place, with_pip=True, clear=True)
        run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", requirement, str(ROOT)])
        run([str(python), "-m", "pip", "uninstall", "--quiet", "--yes", "refusal-nlp"])  # the code of this checkout is judged, through PYTHONPATH
        stamp.write_text(requirement, "utf-8")
    arguments = [str(ROOT / "data" / "messages.jsonl"), str(MESSAGES), str(ROOT / "models" / "default")]
    entry = [str(python), "-W", "ignore", "-c", f"import sys; sys.path.insert(0, {str(ROOT / 'src')!r})\n{JUDGE}"]
    version, chances = json.loads(run([*entry, *arguments]))
    return version, chances


def run(command: list[str]) -> str:
    """Output of a command; its complaint ends the program."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - the commands above and nothing else
    if done.returncode:
        raise SystemExit(f"{' '.join(command)[:200]}\n{done.stderr}")
    return done.stdout


def main() -> int:
    """Print both versions and the largest difference."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fresh", action="store_true", help="make the environments anew")
    fresh = parser.parse_args().fresh
    low, high = bounds()
    (low_version, low_chances), (high_version, high_chances) = judged("lowest", low, fresh=fresh), judged("highest", high, fresh=fresh)
    pairs = zip(low_chances, high_chances, strict=True)
    worst = max(abs(a - b) for one, other in pairs for a, b in zip(one, other, strict=True))
    print(f"scikit-learn {low_version} and {high_version}: {len(low_chances)} messages, largest difference of a probability {worst:.1e}")
    if low_version == high_version:
        print("both are the same version: nothing was compared")
        return 1
    return int(worst > ALLOWED)


if __name__ == "__main__":
    sys.exit(main())
