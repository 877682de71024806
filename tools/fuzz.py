"""Coverage-guided fuzzing of what reads other people's bytes: ``make fuzz`` runs it for a minute. Needs ``pip install -e '.[test,fuzz]'``.

The input is one message; it is parsed alone and out of an mbox, and its text is cut into zones. A crash is any exception, a message that is lost or
a broken promise of the types; a run over two seconds is one too. The input that shows it is kept in the current folder as ``crash-...`` or ``timeout-...``.
"""

from __future__ import annotations

import argparse
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
LINE = b"From a@x.example Mon Mar  4 10:00:00 2024\n"
WORDS = (
    "From |Content-Type: |multipart/mixed; boundary=b|--b|message/rfc822|text/html|charset=|base64|quoted-printable|=?utf-8?q?|?=|<div|style=|\\x0a\\x0a|"
    "Subject: |> |wrote:|-- \\x0a"
).split("|")


def main() -> int:
    """Return 0 where nothing was found; libFuzzer ends the process with another code where something was."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    options = parser.parse_args()
    try:
        import atheris
    except ImportError:
        print("atheris is not installed: pip install -e '.[test,fuzz]' (wheels for Linux; elsewhere it needs clang)", file=sys.stderr)
        return 2
    with atheris.instrument_imports(include=["refusal_nlp.mail", "email"]):
        from refusal_nlp.mail import emlx, kinds, mbox, mime, read, table, zones
    sys.path.insert(0, str(ROOT / "tests"))
    import hostile

    with tempfile.TemporaryDirectory() as folder:
        box = pathlib.Path(folder) / "box"

        def one_input(data: bytes) -> None:
            mail = mime.mail_from_bytes(data)
            assert mail.id and isinstance(mail.body, str)
            at = 0
            for zone in zones.zones(mail.body, mail.subject):
                assert at <= zone.start < zone.end <= len(mail.body)
                at = zone.end
            kinds.kind_of(data, "x")
            table.has_body_column(data)
            emlx.read(data)
            box.write_bytes(LINE + b"Subject: first\n\n" + data)
            raws = list(mbox.raw_messages(box))
            assert raws and raws[0].startswith(b"Subject: first")
            assert sum(map(len, raws)) <= len(data) + 100
            list(read.read_mailbox(box))

        corpus = pathlib.Path(folder) / "corpus"
        corpus.mkdir()
        for number, (_, raw) in enumerate(hostile.messages()):
            (corpus / str(number)).write_bytes(raw[:1500])
        words = pathlib.Path(folder) / "words"
        words.write_text("".join(f'"{word}"\n' for word in WORDS))
        flags = [f"-max_total_time={options.seconds}", "-timeout=2", "-max_len=3000", f"-dict={words}", "-rss_limit_mb=2000", "-print_final_stats=1"]
        atheris.Setup([sys.argv[0], *flags, str(corpus)], one_input)
        atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
