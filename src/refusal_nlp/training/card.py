"""The model card, written from the config and the metrics of a run."""

from __future__ import annotations

from typing import Any

from refusal_nlp.training.compare import Comparison


def model_card(config: dict[str, Any], figures: dict[str, Any], comparison: Comparison | None = None) -> str:
    """Return the card as Markdown.

    Parameters
    ----------
    config, figures : dict
        As `TrainingRun` holds them.
    comparison : Comparison, optional
        Before and after, where there was a model to compare with.

    """
    data = config["trained_on"]
    labels = "\n".join(f"| {label} | {count} |" for label, count in data["labels"].items())
    profiles = "\n".join(
        f"| {name} | {f['messages']} | {f['refusals']} | {f['refusals_found']} | {f['false_alarms']} | "
        + (f"{f['kind_accuracy']:.3f} |" if f["refusals"] else "|")
        for name, f in figures["by_profile"].items()
    )
    low, high = figures["gate_f1_interval"]
    kind_low, kind_high = figures["kind_accuracy_interval"]
    return f"""# {config["name"]} {config["version"]}

Tells messages that turn a job applicant down from other mail and labels each refusal as categorical, evasive or kept on file.
Language: {config["language"]}. Runs offline; the files of this folder hold numbers and words only, nothing that can be executed.

## Made from

{data["messages"]} labelled messages in {data["groups"]} groups:

| label | messages |
|---|---|
{labels}

## Figures

{figures["what"]}: no message was judged by a model that had seen its group.

| figure | value | 95 % interval |
|---|---|---|
| refusal or not: precision | {figures["gate_precision"]:.3f} | |
| refusal or not: recall | {figures["gate_recall"]:.3f} | |
| refusal or not: F1 | {figures["gate_f1"]:.3f} | {low:.3f} to {high:.3f} |
| kind: accuracy | {figures["kind_accuracy"]:.3f} | {kind_low:.3f} to {kind_high:.3f} |
| kind: macro-F1 | {figures["kind_macro_f1"]:.3f} | |
| calibration error | {figures["calibration_error"]:.3f} | |

By the profile of the briefs that the messages were written to (data/README.md):

| profile | messages | refusals | found | false alarms | kind: accuracy |
|---|---|---|---|---|---|
{profiles}
{_before_and_after(comparison)}
A verdict with a confidence under {config["review_below"]:.2f} is marked for review: an unnoticed error is taken to cost {config["review_cost"]:g} looks.

## Limits

English only. Trained on invented messages, so that figures on received mail differ from those above; docs/evaluation.md
says how to measure on your own. A label is a reading of a text, not a fact about an employer's motives.
"""


def _before_and_after(comparison: Comparison | None) -> str:
    if comparison is None:
        return ""
    gains = {p.name: f"{p.gain:+.3f} ({p.gain_interval[0]:+.3f} to {p.gain_interval[1]:+.3f})" for p in comparison.parts}
    rows = "\n".join(f"| {p.name} ({p.messages}) | {p.before.accuracy:.3f} | {p.after.accuracy:.3f} | {gains[p.name]} |" for p in comparison.parts)
    return f"""
## Before and after

Share of messages with the right label, beside {comparison.old}; no message was judged by a model that had seen its group.

| messages | before | after | gain (95 % interval) |
|---|---|---|---|
{rows}
"""
