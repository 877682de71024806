"""Run every check that a change must pass: style, types, import layers, tests, quality floors. Stops at the first that fails."""

from __future__ import annotations

import pathlib
import subprocess
import sys
import sysconfig

ROOT = pathlib.Path(__file__).resolve().parent.parent
SCRIPTS = pathlib.Path(sysconfig.get_path("scripts"))
CHECKS = (
    [sys.executable, "-m", "ruff", "check", "."],
    [sys.executable, "-m", "ruff", "format", "--check", "."],
    [sys.executable, "-m", "mypy"],
    [str(SCRIPTS / "lint-imports")],
    [sys.executable, "-m", "pytest", "-q", "-n", "auto", *sys.argv[1:]],
    [sys.executable, "tools/floors.py"],
    [sys.executable, "tools/sklearn_range.py"],
)


def main() -> int:
    """Return the exit code of the first check that fails, or 0."""
    for command in CHECKS:
        print("+", " ".join(command), flush=True)
        code = subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603 - the commands above and nothing else
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
