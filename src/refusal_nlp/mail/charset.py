"""Bytes to text as mail programs do it: by the charset that is named, or by what the bytes are."""

from __future__ import annotations

import codecs
import re

_NAME = re.compile(r"[a-z0-9][a-z0-9_.:+-]{0,39}")
# Says nothing: mail is full of these names above text in Windows-1252 or UTF-8.
_UNTOLD = {
    "",
    "us-ascii",
    "ascii",
    "iso-8859-1",
    "iso8859-1",
    "latin-1",
    "latin1",
    "default",
    "default_charset",
    "unknown-8bit",
    "unknown",
    "x-unknown",
    "windows-1252",
    "cp1252",
}
# Names that Python does not know or reads more narrowly than mail programs do (https://encoding.spec.whatwg.org/#names-and-labels).
_MEANT = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
    "utf-8mb4": "utf-8",
    "ansi": "cp1252",
}
# Codecs that are no charsets, or take quadratic time.
_NO_CHARSETS = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem", "string-escape", "charmap", "palmos"}
_SEQUENCE = re.compile(r"[^\x00-\x7f\ufffd]")


def decode(raw: bytes, charset: str | None) -> tuple[str, str | None]:
    """Decode by the named charset, else as UTF-8, else as Windows-1252.

    UTF-8 with a few damaged places stays UTF-8: each is shown as U+FFFD.

    Returns
    -------
    tuple of str and (str or None)
        The text, and a remark where the named charset did not serve.

    """
    name = (charset or "").strip("\"' \t\r\n").lower()
    remark = None
    if name not in _UNTOLD:
        codec = _codec(name)
        if codec is None:
            remark = f"unknown charset {name[:40]!r}"
        elif codec != "utf-8":
            try:
                return raw.decode(codec), None
            except (UnicodeError, ValueError, TypeError, AssertionError):
                remark = f"not valid {name[:40]}"
    try:
        return raw.decode("utf-8"), remark
    except UnicodeDecodeError:
        text = raw.decode("utf-8", "replace")
        if len(_SEQUENCE.findall(text)) > text.count("\ufffd"):
            return text, remark
        return raw.decode("cp1252", "replace"), remark


def _codec(name: str) -> str | None:
    """The codec for a charset's name; None where there is none that turns bytes into text."""
    name = _MEANT.get(name, name)
    if not _NAME.fullmatch(name):
        return None
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    is_text = getattr(info, "_is_text_encoding", True)  # no public way to ask: zlib and base64 are "codecs" too
    return info.name if is_text and info.name.replace("_", "-") not in _NO_CHARSETS else None
