from refusal_nlp.types import SignalCode


def test_an_interview_is_seen_by_rule_and_quoted_once(reader):
    text = "Thank you for interviewing with us. We have decided to go with another candidate for the position of archivist."
    found = [s for s in reader.read(text).signals if s.code is SignalCode.INTERVIEWED]
    assert len(found) == 1
    assert text[found[0].start : found[0].end] == found[0].quote
    assert "interview" in found[0].quote


def test_no_interview_where_none_was(reader):
    text = "Thank you for applying. We are not able to invite you to an interview and have decided to go with another candidate."
    assert SignalCode.INTERVIEWED not in {s.code for s in reader.read(text).signals}


def test_signals_of_one_code_do_not_overlap(reader, examples):
    for example in examples[::40]:
        found = reader.read(example.mail).signals
        for i, a in enumerate(found):
            for b in found[i + 1 :]:
                assert a.code != b.code or a.field != b.field or a.end <= b.start or b.end <= a.start
