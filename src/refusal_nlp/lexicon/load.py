"""Read the rule files and hold every row to its own examples."""

from __future__ import annotations

import functools
import hashlib
import importlib.resources
import re
import tomllib
from dataclasses import dataclass
from typing import Any

from refusal_nlp.errors import LexiconError
from refusal_nlp.lexicon.literals import needed_literals

FILES = (
    "applications.toml",
    "channels.toml",
    "facts.toml",
    "folders.toml",
    "followup.toml",
    "headers.toml",
    "languages.toml",
    "legal.toml",
    "politeness.toml",
    "reason_topics.toml",
    "reasons.toml",
    "scope.toml",
    "signals.toml",
    "topics.toml",
    "zones.toml",
)
# The files that decide what a classifier sees: a model judges by the rules it was trained with.
_SEEN_BY_MODELS = ("headers.toml", "reasons.toml", "scope.toml", "signals.toml", "reason_topics.toml", "zones.toml")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A pattern for a code.

    Attributes
    ----------
    id : str
        ``<code>.<what it catches>``, unique within its file.
    code : str
        The signal, reason or scope that it stands for.
    pattern : re.Pattern
        Case-insensitive; white space in the file matches any run of white space. A group named ``span``, where there is one, is what is quoted.
    example, counter_example : str
        A sentence that must match, and one that must not.
    needed : frozenset of str
        Literals of which one stands in the case-folded text of every match; empty where that cannot be told.
    says, source : str
        What the rule tells a person, and whence it was taken; empty for most files.

    """

    id: str
    code: str
    pattern: re.Pattern[str]
    example: str
    counter_example: str
    needed: frozenset[str] = frozenset()
    says: str = ""
    source: str = ""


def same_length_casefold(text: str) -> str:
    """Return the text case-folded, with every character where it was: one that would become several is left as it is.

    >>> same_length_casefold("STRASSE, Straße")
    'strasse, straße'
    """
    folded = text.casefold()
    return folded if len(folded) == len(text) else "".join(c if len(c.casefold()) > 1 else c.casefold() for c in text)


def read_text(name: str) -> str:
    """Return a rule file's text."""
    return importlib.resources.files("refusal_nlp.lexicon").joinpath(name).read_text("utf-8")


def compile_pattern(source: str, macros: dict[str, str], *, flexible_space: bool = True) -> re.Pattern[str]:
    """Compile a pattern: ``<name>`` stands for a macro, a straight apostrophe for any kind and its absence, a space for any white space.

    Parameters
    ----------
    source : str
        A regular expression; it is compiled case-insensitive, ``^`` and ``$`` match at line ends.
    macros : dict of str to str
    flexible_space : bool
        False leaves spaces and apostrophes as they are.

    Raises
    ------
    LexiconError
        On an unknown macro or a faulty expression.

    """

    def put(match: re.Match[str]) -> str:
        if match[1] not in macros:
            raise LexiconError(f"unknown macro <{match[1]}> in {source!r}")
        return f"(?:{_expand(macros[match[1]], macros)})"

    def _expand(text: str, known: dict[str, str]) -> str:
        return re.sub(r"(?<!\(\?)(?<!\?P)<([a-z_]+)>", put, text)

    text = _expand(source, macros)
    if flexible_space:
        text = text.replace("[ ]", "\\s").replace("'", "['’‘`´]?").replace(" ?", r"\s*").replace(" ", r"\s+")
    try:
        return re.compile(text, re.I | re.M)
    except re.error as fault:
        raise LexiconError(f"faulty pattern {source!r}: {fault}") from fault


def parse_rules(text: str, name: str) -> tuple[Rule, ...]:
    """Parse and check the rows of a rule file.

    Parameters
    ----------
    text : str
        TOML with a table ``macros`` and an array ``rule`` of ``id, code, pattern, example, counter_example``.
    name : str
        For error messages.

    Raises
    ------
    LexiconError
        Where a row lacks a field, repeats an id, misses its example or matches its counter-example.

    """
    try:
        table: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise LexiconError(f"{name}: {fault}") from fault
    rules: dict[str, Rule] = {}
    for row in table.get("rule", []):
        missing = {"id", "code", "pattern", "example", "counter_example"} - set(row)
        if missing:
            raise LexiconError(f"{name}: {row.get('id', 'a row')} lacks {', '.join(sorted(missing))}")
        pattern = compile_pattern(row["pattern"], table.get("macros", {}), flexible_space=table.get("flexible_space", True))
        rule = Rule(**(row | {"pattern": pattern, "needed": needed_literals(pattern)}))
        if rule.id in rules:
            raise LexiconError(f"{name}: {rule.id} stands twice")
        if not rule.pattern.search(rule.example):
            raise LexiconError(f"{name}: {rule.id} misses its example: {rule.example!r}")
        if hit := rule.pattern.search(rule.counter_example):
            raise LexiconError(f"{name}: {rule.id} matches its counter-example in {hit.group()!r}")
        rules[rule.id] = rule
    return tuple(rules.values())


@functools.cache
def rules(name: str) -> tuple[Rule, ...]:
    """Return the checked rules of one shipped file; read once, immutable."""
    return parse_rules(read_text(name), name)


@functools.cache
def table(name: str, key: str) -> dict[str, Any]:
    """Return what a shipped rule file says beside its rows, under one heading; read once, not to be changed."""
    return dict(tomllib.loads(read_text(name))[key])


@functools.cache
def clause_border(name: str) -> re.Pattern[str]:
    """Return what parts clauses, as a rule file says it; what follows a border begins a clause."""
    return re.compile(table(name, "clause")["border"], re.I)


def lexicon_hash() -> str:
    """Digest over the rule files that models see, kept in a model's config."""
    digest = hashlib.sha256()
    for name in _SEEN_BY_MODELS:
        digest.update(read_text(name).encode())
    return digest.hexdigest()[:16]
