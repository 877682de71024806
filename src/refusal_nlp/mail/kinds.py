"""What a file is, told by its first bytes: endings are often missing or wrong."""

from __future__ import annotations

import re
from typing import Literal

from refusal_nlp.mail.mbox import starts_mbox
from refusal_nlp.mail.table import has_body_column

Kind = Literal["bzip2", "csv", "emlx", "empty", "gzip", "jsonl", "mbox", "message", "msg", "parquet", "pst", "tar", "unknown", "xlsx", "xz", "zip"]
HEAD = 8192  # bytes that `kind_of` wants to see
_EMLX = re.compile(rb"\d{1,10}[ \t]*\r?\n[!-9;-~]{1,100}[ \t]*:")
_HEADER_LINES = re.compile(rb"(?:[!-9;-~]{1,100}[ \t]*:[^\n]*(?:\n|\Z)(?:[ \t][^\n]*(?:\n|\Z))*)+")
_OF_MESSAGES = re.compile(rb"^(?:Return-Path|Received|Delivered-To|Message-ID|Date|From|To|Subject|Sender|Reply-To|MIME-Version)[ \t]*:", re.M | re.I)
_MAGIC: tuple[tuple[bytes, Kind], ...] = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"PAR1", "parquet"),
    (b"!BDN", "pst"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "msg"),
)
_OFFICE = {"doc", "xls", "ppt", "db", "msi", "docx", "pptx", "odt", "ods", "odp", "epub", "jar", "apk"}  # they share a container with mail
_BY_ENDING: dict[str, Kind] = {
    "eml": "message",
    "csv": "csv",
    "tsv": "csv",
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "parquet": "parquet",
    "xlsx": "xlsx",
    "msg": "msg",
    "pst": "pst",
    "ost": "pst",
}


def kind_of(head: bytes, name: str) -> Kind:
    r"""Return the kind of a file.

    Parameters
    ----------
    head : bytes
        Its first `HEAD` bytes.
    name : str
        Its name: the ending decides where the content does not.

    Examples
    --------
    >>> kind_of(b"Subject: hello\nFrom: ana@brot.example\n\nhello\n", "17")
    'message'

    """
    ending = name.lower().rpartition(".")[2]
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        return "empty"
    return _of_magic(head, ending) or _of_text(head, ending) or _BY_ENDING.get(ending, "unknown")


def _of_magic(head: bytes, ending: str) -> Kind | None:
    if head[257:262] == b"ustar":
        return "tar"
    kind = next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)
    if kind in {"zip", "msg"} and ending in _OFFICE:
        return "unknown"
    return "xlsx" if kind == "zip" and (ending == "xlsx" or b"[Content_Types].xml" in head[:200]) else kind


def _of_text(head: bytes, ending: str) -> Kind | None:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    header = _HEADER_LINES.match(text)
    if starts_mbox(head):
        kind: Kind | None = "mbox"
    elif _EMLX.match(text):
        kind = "emlx"
    elif text.startswith(b"{") and b'"' in text[:40] and ending not in {"json", "eml"}:
        kind = "jsonl"
    elif ending != "eml" and has_body_column(head):
        kind = "csv"
    else:
        kind = "message" if header and b"\0" not in text[:1000] and _OF_MESSAGES.search(header[0]) else None
    return kind
