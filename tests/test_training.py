import json

import pytest

from refusal_nlp.acts import OUTPUTS
from refusal_nlp.errors import DataError, MissingFileError
from refusal_nlp.training import metrics
from refusal_nlp.training.data import read_bank, read_examples
from refusal_nlp.training.evaluation import evaluate_reader
from refusal_nlp.training.retrain import retrain
from refusal_nlp.training.train import make_bank
from refusal_nlp.types import Label

GOOD = {
    "id": "1",
    "subject": None,
    "sender": None,
    "body": "The post has gone to another.",
    "label": "categorical",
    "signals": [["decision", "has gone to another"]],
    "reasons": [],
}


def write(tmp_path, *rows, name="d.jsonl"):
    path = tmp_path / name
    path.write_text("".join(json.dumps(r) + "\n" for r in rows))
    return path


def test_reading_labelled_messages(tmp_path):
    (example,) = read_examples(write(tmp_path, GOOD))
    assert example.label is Label.CATEGORICAL
    assert example.signals[0].place == (9, 28)
    assert example.group == "1"


def test_a_table_without_quotes(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text("text,label\nThe post has gone to another.,categorical\n")
    (example,) = read_examples(path)
    assert example.signals is None and example.reasons is None


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"label": "rejected"}, "row 2: unknown label 'rejected'"),
        ({"body": " "}, "row 2: no body"),
        ({"signals": [["nonsense", "x"]]}, "row 2: unknown code 'nonsense'"),
    ],
)
def test_faulty_rows_are_named(tmp_path, change, complaint):
    with pytest.raises(DataError, match=complaint):
        read_examples(write(tmp_path, GOOD, GOOD | change))


def test_no_file_no_row_no_table(tmp_path):
    with pytest.raises(MissingFileError):
        read_examples(tmp_path / "nothing.jsonl")
    with pytest.raises(DataError, match="no row"):
        read_examples(write(tmp_path))
    with pytest.raises(DataError, match="must be one of"):
        read_examples(write(tmp_path, GOOD, name="d.txt"))


def test_too_few_messages(tmp_path):
    with pytest.raises(DataError, match="too few"):
        retrain([write(tmp_path, GOOD, GOOD | {"id": "2", "body": "Lunch at one?", "label": "not_refusal", "signals": []})], base="none", against=None)


def test_training_twice_gives_the_same_files(tmp_path, few):
    rows = [
        {"id": e.mail.id, "subject": e.mail.subject, "sender": e.mail.sender, "body": e.mail.body, "label": str(e.label), "group": e.group}
        | {"signals": [[q.code, q.quote] for q in e.signals], "reasons": [[q.code, q.quote] for q in e.reasons]}
        for e in few
    ]
    data = write(tmp_path, *rows)
    for name in ("a", "b"):
        retrain([data], base="none", against=None).save(tmp_path / name)
    files = sorted(p.name for p in (tmp_path / "a").iterdir())
    assert files == ["README.md", "config.json", "metrics.json", "terms.json", "verdicts.json", "weights.npz"]
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_evaluation_counts(reader, few):
    result = evaluate_reader(reader, few)
    assert result.messages == len(few)
    assert sum(map(sum, (row.values() for row in result.confusion.values()))) == len(few)
    assert len(result.errors) == sum(n for t, row in result.confusion.items() for g, n in row.items() if t != g)
    assert json.loads(json.dumps(result.to_dict()))["messages"] == len(few)
    assert any("precision" in line for line in result.lines())


def test_figures_by_hand():
    truth = ["categorical", "evasive", "not_refusal", "kept_on_file"]
    guess = ["categorical", "categorical", "categorical", "not_refusal"]
    gate = metrics.gate_score(truth, guess)
    assert (gate.precision, gate.recall) == (2 / 3, 2 / 3)
    assert metrics.kind_accuracy(truth, guess) == 1 / 3
    assert metrics.kind_macro_f1(truth, guess) == pytest.approx((2 * 0.5 / 1.5) / 3)
    assert metrics.calibration_error([0.9, 0.9], [True, False]) == pytest.approx(0.4)
    assert metrics.calibration_error([1.0, 1.0], [True, True]) == 0


def test_intervals_widen_where_groups_are_few():
    truth, guess = ["categorical"] * 40, ["categorical"] * 20 + ["not_refusal"] * 20
    alone = metrics.interval(metrics.kind_accuracy, truth, guess, [str(i) for i in range(40)])
    grouped = metrics.interval(metrics.kind_accuracy, truth, guess, [str(i // 10) for i in range(40)])
    assert alone[0] <= 0.5 <= alone[1]
    assert grouped[1] - grouped[0] > alone[1] - alone[0]


def test_a_bank_of_sentences_is_read_and_faults_are_named(tmp_path):
    good = {"text": "You have not been chosen.", "acts": ["decision"]}
    assert read_bank(write(tmp_path, good, {"text": "Hello there.", "acts": []})) == [(good["text"], frozenset({"decision"})), ("Hello there.", frozenset())]
    with pytest.raises(DataError, match="row 2 needs"):
        read_bank(write(tmp_path, good, {"text": "x", "acts": ["nonsense"]}))
    with pytest.raises(DataError, match="row 1 needs"):
        read_bank(write(tmp_path, {"acts": []}))
    with pytest.raises(MissingFileError):
        read_bank(tmp_path / "nothing.jsonl")


def test_a_bank_leaves_out_what_the_pipeline_splits():
    bank = make_bank([("You have not been chosen for it.", frozenset({"decision"})), ("No. We chose another.", frozenset({"decision"}))])
    assert len(bank.sentences) == 1 and bank.targets.shape == (1, len(OUTPUTS))
    assert bank.targets[0, OUTPUTS.index("decision")] == 1 and bank.targets.sum() == 1
