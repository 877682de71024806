"""``refusal-nlp classify``: one message, explained on screen."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def run(
    file: Annotated[str, typer.Argument(help="A text or .eml file; - or nothing reads standard input.")] = "-",
    as_json: Annotated[bool, typer.Option("--json", help="Print the analysis as JSON.")] = False,
    subject: Annotated[str | None, typer.Option(help="Subject line, where FILE is plain text.")] = None,
    sender: Annotated[str | None, typer.Option(help="Sender, where FILE is plain text.")] = None,
    model: Annotated[Path | None, typer.Option("--model", help="A model folder of your own.")] = None,
    templates: Annotated[Path | None, typer.Option("--templates", help="A TOML file with wording of your own for the reply.")] = None,
    legal_notes: Annotated[bool, typer.Option("--legal-notes/--no-legal-notes", help="Mark sensitive wording and note the law on it.")] = True,
) -> None:
    """Classify one message and explain the verdict."""
    from refusal_nlp.api import load
    from refusal_nlp.cli.screen import show_analysis
    from refusal_nlp.errors import EmptyInputError, InputError, MissingFileError
    from refusal_nlp.mail.mime import clean, decode, mail_from_bytes
    from refusal_nlp.types import Mail

    if file == "-":
        raw = sys.stdin.buffer.read()
    else:
        try:
            raw = Path(file).read_bytes()
        except FileNotFoundError:
            raise MissingFileError(f"{file}: no such file") from None
        except OSError as fault:
            raise InputError(f"{file}: cannot be read: {fault.strerror or fault}") from fault
    if file.lower().endswith(".eml"):
        mail = mail_from_bytes(raw, source=file)
    else:
        mail = Mail(body=clean(decode(raw, None)[0]), subject=subject, sender=sender, source=file)
    if not mail.body.strip():
        raise EmptyInputError(f"{'standard input' if file == '-' else file}: no text in it")
    analysis = load(model, templates=templates, legal_notes=legal_notes).read(mail)
    if as_json:
        import json

        typer.echo(json.dumps(analysis.to_dict(), ensure_ascii=False, indent=2))
    else:
        show_analysis(mail, analysis)
