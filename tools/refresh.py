"""Write what programs know into the pages: figures, sample output, the help of the commands: `python tools/refresh.py [--check]`."""

from __future__ import annotations

import argparse
import io
import json
import pathlib
import re
import sys
from collections.abc import Callable

from rich.console import Console
from typer.main import get_command

from refusal_nlp.api import load
from refusal_nlp.cli.app import app
from refusal_nlp.cli.screen import show_rows
from refusal_nlp.report.summary import Summary
from refusal_nlp.scanning import scan_rows

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGES = ("README.md", "docs/evaluation.md", "docs/commands.md")


def sample() -> str:
    """What a scan of the sample mailbox shows on a screen of 100 columns."""
    rows = list(scan_rows([ROOT / "examples" / "sample.mbox"], load()))
    summary = Summary()
    for row in rows:
        summary.add(row)
    console = Console(file=io.StringIO(), width=100)
    show_rows([row for row in rows if row["label"] != "not_refusal"], console)
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue() + "\n".join(summary.lines())
    return "```text\n" + "\n".join(line.rstrip() for line in text.splitlines()) + "\n```"


def figures() -> str:
    """The cross-validation of the shipped model."""
    f = json.loads((ROOT / "models/default/metrics.json").read_text("utf-8"))
    config = json.loads((ROOT / "models/default/config.json").read_text("utf-8"))["trained_on"]
    rows = [
        ("refusal or not: precision", f["gate_precision"], None),
        ("refusal or not: recall", f["gate_recall"], None),
        ("refusal or not: F1", f["gate_f1"], f["gate_f1_interval"]),
        ("kind of refusal: accuracy", f["kind_accuracy"], f["kind_accuracy_interval"]),
        ("kind of refusal: macro-F1", f["kind_macro_f1"], None),
        ("expected calibration error", f["calibration_error"], None),
    ]
    table = "\n".join(f"| {name} | {value:.3f} | {f'{span[0]:.3f} to {span[1]:.3f}' if span else ''} |" for name, value, span in rows)
    size = f"{config['messages']} messages of `data/messages.jsonl` in {config['groups']} groups"
    return (
        f"Cross-validation on the {size}; no message is judged by a model that\nhas seen its group "
        f"(`make model` prints these):\n\n| figure | value | 95 % interval |\n|---|---|---|\n{table}"
    )


def commands() -> str:
    """The help of every command, as it is declared: how a terminal lays it out depends on the terminal."""
    parts = []
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        usage, rows = [], []
        for param in command.params:
            shown = " / ".join(filter(None, [", ".join(param.opts), ", ".join(param.secondary_opts)]))
            if not shown.startswith("-"):
                shown = shown.upper() + ("..." if param.nargs == -1 else "")
                usage.append(shown)
            default = "" if param.default is None or isinstance(param.default, bool) else f" Default: `{param.default}`."
            rows.append(f"| `{shown}` | {param.help}{default}{' Required.' if param.required else ''} |")
        line = f"refusal-nlp {name} [OPTIONS] {' '.join(usage)}".rstrip()
        parts.append("\n".join([f"## {name}", "", command.help, "", f"`{line}`", "", "| | |", "|---|---|", *rows]))
    return "\n" + "\n\n".join(parts) + "\n"


BLOCKS: dict[str, Callable[[], str]] = {"sample": sample, "figures": figures, "commands": commands}


def refreshed(text: str) -> str:
    """Return a page with its marked blocks written anew."""

    def put(match: re.Match[str]) -> str:
        return f"<!-- begin {match[1]} -->\n{BLOCKS[match[1]]()}\n<!-- end {match[1]} -->"

    return re.sub(r"<!-- begin (\w+) -->.*?<!-- end \1 -->", put, text, flags=re.S)


def main() -> int:
    """Rewrite the pages, or with --check say which are out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    stale = []
    for name in PAGES:
        page = ROOT / name
        new = refreshed(page.read_text("utf-8"))
        if new != page.read_text("utf-8"):
            stale.append(name)
            if not check:
                page.write_text(new, "utf-8")
    print("out of date: " + ", ".join(stale) if stale else "nothing to do")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
