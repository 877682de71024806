"""The commands, and one place where errors become a line on stderr and an exit code."""

from __future__ import annotations

import atexit
import functools
import gc
import sys
from collections.abc import Callable
from typing import Annotated

import typer

from refusal_nlp import __version__
from refusal_nlp.cli import classify, evaluate, model, report, review, scan, train
from refusal_nlp.errors import RefusalError
from refusal_nlp.report.safe import on_screen


def _interruptible(command: Callable[..., None]) -> Callable[..., None]:
    """A command that says on Ctrl-C how far it came; typer would end with no word, or with "Aborted!" and no more."""

    @functools.wraps(command)
    def run(*args: object, **options: object) -> None:
        try:
            command(*args, **options)
        except KeyboardInterrupt as stop:
            print(f"refusal-nlp: {str(stop) or 'interrupted'}", file=sys.stderr)
            raise typer.Exit(130) from stop

    return run


app = typer.Typer(
    name="refusal-nlp",
    help="Tell messages that turn a job applicant down, quote their reasons, suggest a polite question. Everything runs on this machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("classify")(_interruptible(classify.run))
app.command("scan")(_interruptible(scan.run))
app.command("report")(_interruptible(report.run))
app.command("train")(_interruptible(train.run))
app.command("review")(_interruptible(review.run))
app.command("evaluate")(_interruptible(evaluate.run))
app.command("model")(_interruptible(model.run))


def _version(value: bool) -> None:
    if value:
        typer.echo(f"refusal-nlp {__version__}")
        raise typer.Exit


@app.callback()
def options(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")] = False) -> None:
    """Options before the command."""


def main() -> None:
    """Run the command line; exit code 0 done, 1 a clear error, 2 wrong usage, 130 interrupted."""
    atexit.register(gc.freeze)  # else Python looks through the whole model for garbage before it ends
    try:
        app()
    except RefusalError as fault:
        print(f"refusal-nlp: {on_screen(fault)}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("refusal-nlp: interrupted", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output (head, less) has gone: that is no error, but Python would complain again on exit.
        sys.stderr.close()
        sys.exit(0)
