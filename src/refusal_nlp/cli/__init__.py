"""The command line: one command a file, heavy imports inside the commands."""

from refusal_nlp.cli.app import main

__all__ = ["main"]
