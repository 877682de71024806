import spacy

from refusal_nlp.features import cue_profile, describe, ngrams
from refusal_nlp.pipeline.build import MAX_CHARS, build_pipeline, make_docs
from refusal_nlp.pipeline.components import CUES, ZONES
from refusal_nlp.types import Mail


def doc_of(text, subject=None):
    return next(iter(make_docs(build_pipeline(), [Mail(body=text, subject=subject)])))


def sentences(text):
    return [" ".join(s.text.split()) for s in doc_of(text).sents if s.text.strip()]


def test_layout_ends_sentences():
    text = "Dear Mira,\n\nwe chose\nsomebody else for the post, as the panel had hoped for more years\nat sea.\n\nKind regards\nTomasz Wrona\nMillrace"
    assert sentences(text) == [
        "Dear Mira,",
        "we chose somebody else for the post, as the panel had hoped for more years at sea.",
        "Kind regards",
        "Tomasz Wrona",
        "Millrace",
    ]


def test_list_items_are_sentences():
    assert sentences("We missed:\n- a licence for the crane\n- two years on site\n1. and a letter") == [
        "We missed:",
        "- a licence for the crane",
        "- two years on site",
        "1. and a letter",
    ]


def test_components_are_found_by_name_in_any_pipeline():
    nlp = spacy.blank("en")
    for name in ("sentencizer", "refusal_zones", "refusal_sentences", "refusal_cues", "refusal_scope"):
        nlp.add_pipe(name)
    doc = nlp("The vacancy has since been filled.\n> old words")
    assert {span.label_ for span in doc.spans[CUES]} == {"decision", "job"}
    assert [span.label_ for span in doc.spans[ZONES]] == ["quoted"]
    assert not spacy.tokens.Doc.has_extension("refusal")


def test_quoted_words_give_no_features():
    mail = Mail(body="Thank you, I shall come on Monday then.\n\nOn 3 May 2024, Ana wrote:\n> The vacancy has since been filled.\n")
    message = describe(doc_of(mail.body), mail)
    assert "vacancy" not in message.tokens
    assert not any(c.code == "decision" for s in message.sentences for c in s.cues)


def test_offsets_point_into_the_untouched_text():
    mail = Mail(body="  Hello.\n\n\tWe have decided against you.  Bye.")
    message = describe(doc_of(mail.body), mail)
    assert [mail.body[s.start : s.end] for s in message.sentences] == ["Hello.", "We have decided against you.", "Bye."]
    for sentence in message.sentences:
        for cue in sentence.cues:
            assert sentence.start <= cue.start < cue.end <= sentence.end


def test_numbers_and_links_are_placeholders():
    mail = Mail(body="See https://x.example/a or a@b.example by 3pm, Ms O’Hara.", subject="Re: Job 4711")
    message = describe(doc_of(mail.body), mail)
    assert {"<link>", "<num>", "o'hara"} <= set(message.tokens)
    assert message.subject == ("re", "job", "<num>")


def test_a_very_long_message_is_read_up_to_the_limit():
    assert len(doc_of("word " * MAX_CHARS).text) == MAX_CHARS


def test_an_empty_message_has_no_sentences():
    mail = Mail(body="")
    assert describe(doc_of(""), mail).sentences == ()


def test_ngrams():
    assert ngrams(["a"], 3) == ["a"]
    assert ngrams([], 3) == []


def described(text, subject=None, sender=None):
    return describe(doc_of(text, subject), Mail(body=text, subject=subject, sender=sender))


def test_job_mail_is_told_by_any_part_of_it():
    plain = "We have thought about it and it will not work out."
    assert not described(plain).about_job
    assert described(plain, subject="Your application").about_job
    assert described(plain, sender="Careers <x@brot.example>").about_job
    assert described(plain + "\n\n> Is there news about the vacancy?\n").about_job


def test_what_is_applied_for_counts_only_without_a_job():
    def aside(text):
        return cue_profile(described(text))[-4]

    assert aside("Thank you for your application for the flat.") == 1
    assert aside("Thank you for your application for the position of flat manager.") == 0
    assert aside("Thank you for your application for the flat, from our recruiting team.") == 0
