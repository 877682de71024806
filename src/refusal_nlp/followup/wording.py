"""The wording of replies: the shipped one and people's own, both held to the same checks."""

from __future__ import annotations

import functools
import hashlib
import os
import pathlib
import string
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from refusal_nlp.errors import InputError, LexiconError, MissingFileError
from refusal_nlp.followup.politeness import BODY_WORDS, OWN_NAME, question_faults, wording_faults
from refusal_nlp.lexicon.load import read_text

Table = Mapping[str, Mapping[str, tuple[str, ...]]]
# What stands for each placeholder while an alternative is checked: as long as the longest that is ever put in.
LONGEST = {
    "contact": "Dr Maria Anna de Souza",
    "first": "Ana",
    "company": "North Sea Bread",
    "role": "the senior night pastry baker role",
    "topic": "in large scale bread baking",
    "to": "Ana Ruiz <ana@brot.example>",
}
_SHORTEST = dict.fromkeys(LONGEST, "X1")
_NAMED = ("_named", "_company", "_topic")  # keys asked for only where the name is known
_VARIANTS = ("_casual", "_interviewed", "_tested", "_evasive", "_topic", "_known")
_WITH_QUESTION = ("greeting", "thanks", "accept", "lead", "question", "exit", "wishes", "close")
_WITHOUT_QUESTION = ("greeting", "thanks", "accept", "instead", "wishes", "close")


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """Checked alternatives: slot, key, texts.

    Attributes
    ----------
    table : mapping of str to mapping of str to tuple of str
        As in ``lexicon/followup.toml``.

    """

    table: Table

    def has(self, slot: str, key: str) -> bool:
        """Whether a slot has the key."""
        return key in self.table[slot]

    def pick(self, slot: str, keys: Sequence[str], names: Mapping[str, str | None], seed: str) -> str:
        """Return one alternative, filled: of the first key that the slot has, chosen by a digest of `seed`.

        Alternatives with a placeholder come first where all their names are known, and are left out where one is not.
        """
        key = next(k for k in keys if k in self.table[slot])
        known = {name: value for name, value in names.items() if value}
        usable = [text for text in self.table[slot][key] if _fields(text) <= set(known)]
        options = [text for text in usable if _fields(text)] or usable
        digest = hashlib.sha256(f"{slot}\0{seed}".encode(errors="replace")).digest()
        return options[int.from_bytes(digest[:8]) % len(options)].format_map(known)


@functools.cache
def shipped_wording() -> Wording:
    """Return the wording of the package; read and checked once."""
    return parse_wording(read_text("followup.toml"), "followup.toml")


def read_templates(path: str | os.PathLike[str]) -> Wording:
    """Read a file of one's own wording; what it does not name stays as shipped.

    Parameters
    ----------
    path : path-like
        TOML in the form of the package's ``lexicon/followup.toml``, see docs/follow-up.md.

    Raises
    ------
    MissingFileError, InputError
        Where there is no such file, or it cannot be read.
    LexiconError
        Where it breaks the form or a rule; the message names the place and what is wrong with it.

    """
    try:
        text = pathlib.Path(path).read_text("utf-8-sig")
    except FileNotFoundError:
        raise MissingFileError(f"{path}: no such file") from None
    except UnicodeDecodeError as fault:
        raise InputError(f"{path}: not UTF-8 text") from fault
    except OSError as fault:
        raise InputError(f"{path}: cannot be read: {fault.strerror or fault}") from fault
    return parse_wording(text, str(path), base=shipped_wording().table)


def parse_wording(text: str, name: str, base: Table | None = None) -> Wording:
    """Parse and check wording.

    Parameters
    ----------
    text : str
        TOML.
    name : str
        For error messages.
    base : mapping, optional
        What stays where the text names no other; without it the text must be complete.

    Raises
    ------
    LexiconError
        With the place and what is wrong there.

    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise LexiconError(f"{name}: not valid TOML: {fault}") from fault
    table: dict[str, dict[str, tuple[str, ...]]] = {slot: dict(keys) for slot, keys in (base or {}).items()}
    for slot, keys in raw.items():
        if base is not None and slot not in base:
            raise LexiconError(f"{name}: unknown table [{slot}]; there are {', '.join(base)}")
        if not isinstance(keys, dict):
            raise LexiconError(f"{name}: [{slot}] must be a table of lists")
        for key, value in keys.items():
            if base is not None and not _known_key(base[slot], key):
                raise LexiconError(f"{name}: [{slot}] has no {key!r}; there are {', '.join(base[slot])}")
            texts = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else ()
            if not texts or not all(isinstance(t, str) and t.strip() for t in texts):
                raise LexiconError(f"{name}: [{slot}] {key} must be a text or a list of texts, none of them empty")
            for problem in _problems(slot, key, texts):
                raise LexiconError(f"{name}: [{slot}] {key}: {problem}")
            table.setdefault(slot, {})[key] = texts
    for problem in _length_problems(table):
        raise LexiconError(f"{name}: {problem}")
    return Wording(table=table)


def _known_key(keys: Mapping[str, object], key: str) -> bool:
    return key in keys or any(key.removesuffix(v) in keys for v in _VARIANTS if key.endswith(v))


def _fields(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


def _problems(slot: str, key: str, texts: Sequence[str]) -> Iterator[str]:
    """What is wrong with the alternatives of one key."""
    for text in texts:
        try:
            parts = list(string.Formatter().parse(text))
        except ValueError as fault:
            yield f"{text!r} has a stray brace ({fault})"
            return
        for _, field, spec, conversion in parts:
            if field is not None and (field not in LONGEST or spec or conversion):
                yield f"{text!r} has an unknown placeholder {{{field}}}; there are {', '.join('{' + n + '}' for n in LONGEST if n != 'to')}"
                return
        filled = text.format_map(LONGEST)
        if slot == "question":
            yield from (f"{text!r} {fault.says}" for fault in question_faults(filled))
        elif "?" in text:
            yield f"{text!r} asks; questions stand under [question] alone"
        if text.count(OWN_NAME) != (slot == "close"):
            yield f"{text!r} must have {OWN_NAME} " + ("once" if slot == "close" else "nowhere: it stands under [close] alone")
        if slot != "why":
            yield from (f"{text!r} {fault.says} ({fault.text!r}; {fault.source})" for fault in wording_faults(filled))
        if slot == "greeting" and not text.endswith(","):
            yield f"{text!r} must end with a comma"
        if slot == "thanks" and "hank" not in text:
            yield f"{text!r} gives no thanks"
        if slot == "wishes" and not any(word in text.lower() for word in ("wish", "best", "success")):
            yield f"{text!r} wishes nothing good"
    if slot != "why" and not key.endswith(_NAMED) and all(_fields(text) for text in texts):
        yield "needs one alternative without a placeholder, for messages that name nothing"


def _length_problems(table: Table) -> Iterator[str]:
    """Whether every reply that can be put together has the right length."""
    for slots in (_WITH_QUESTION, _WITHOUT_QUESTION):
        short, long = 0, 0
        for slot in slots:
            texts = [text for key in table.get(slot, {}).values() for text in key]
            if not texts:
                yield f"[{slot}] is missing"
                return
            short += min(len(text.format_map(_SHORTEST).split()) for text in texts)
            long += max(len(text.format_map(LONGEST).split()) for text in texts)
        if short < BODY_WORDS[0] or long > BODY_WORDS[1]:
            yield f"a reply of {' + '.join(slots)} could have {short} to {long} words; {BODY_WORDS[0]} to {BODY_WORDS[1]} are right: lengthen or shorten some"
