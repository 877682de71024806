"""What a scan found, in numbers: by kind, reason, side, company and month."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from refusal_nlp.report.rows import not_judged
from refusal_nlp.report.safe import on_screen
from refusal_nlp.types import REFUSALS, Advice, Label, ReasonCode

if TYPE_CHECKING:
    import pandas as pd

_FEW = 5  # companies and months that a summary in words names


@dataclass(kw_only=True, slots=True)
class Summary:
    """Counts that grow with each row of a scan.

    Attributes
    ----------
    messages, errors, review : int
        Messages read, of these with an error, and marked for review.
    answerable : int
        Refusals whose advice is not to stay silent.
    unexplained : int
        Refusals that state no reason.
    employer_only : int
        Refusals that state reasons on the employer's side and no other.
    languages : Counter
        Messages not judged that may be job mail, by language.
    labels : Counter
        All judged messages by label.
    reasons, sides : Counter
        Refusals that state a reason of this code, of this side; one refusal may count for several.
    companies, months : Counter
        Refusals by company, as it was first written, and by month of their date ("2024-03"); those without are left out.

    """

    messages: int = 0
    errors: int = 0
    review: int = 0
    answerable: int = 0
    unexplained: int = 0
    employer_only: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    sides: Counter[str] = field(default_factory=Counter)
    companies: Counter[str] = field(default_factory=Counter)
    months: Counter[str] = field(default_factory=Counter)

    @property
    def refusals(self) -> int:
        """Rows with one of the three kinds of refusal."""
        return sum(n for label, n in self.labels.items() if label != Label.NOT_REFUSAL)

    @property
    def share_unexplained(self) -> float | None:
        """Share of the refusals that state no reason, in [0, 1]; None where there are no refusals."""
        return self.unexplained / self.refusals if self.refusals else None

    def add(self, row: dict[str, Any]) -> None:
        """Count one row of `refusal_nlp.report.rows.row_of`."""
        self.messages += 1
        self.errors += row["error"] is not None
        self.review += bool(row["needs_review"])
        if row["needs_review"] and not_judged(row):
            self.languages[row["language"]] += 1
        if row["label"] is None:
            return
        self.labels[row["label"]] += 1
        if row["label"] != Label.NOT_REFUSAL:
            # no sets: their order differs from run to run, and with it that of equal counts
            codes = list(dict.fromkeys(r["code"] for r in row["reasons"]))
            self.reasons.update(codes)
            self.unexplained += not codes
            sides = list(dict.fromkeys(ReasonCode(code).side for code in codes))
            self.sides.update(sides)
            self.employer_only += sides == ["employer"]
            self._count_company(row["company"])
            if date := row["date"]:
                self.months[str(date)[:7]] += 1
            self.answerable += row["advice"] not in (None, str(Advice.DO_NOT_WRITE))

    def _count_company(self, company: str | None) -> None:
        """Count a company under the name first seen; names that differ only in case or spaces are one."""
        name = " ".join((company or "").split())
        if name:
            known = {one.casefold(): one for one in self.companies} if name not in self.companies else {}
            self.companies[known.get(name.casefold(), name)] += 1

    def add_part(self, rows: list[dict[str, Any]], read: int) -> None:
        """Count the rows of some messages, and those of these `read` messages that are no refusals and have no row."""
        for row in rows:
            self.add(row)
        self.messages += read - len(rows)
        self.labels[Label.NOT_REFUSAL] += read - len(rows)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types, from which `from_dict` makes the same summary."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return {name: dict(value) if isinstance(value, Counter) else value for name, value in values.items()}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Summary:
        """Return the summary that `to_dict` was called on."""
        summary = cls()
        for name, value in values.items():
            setattr(summary, name, Counter(value) if isinstance(value, dict) else value)
        return summary

    def to_frame(self) -> pd.DataFrame:
        """Return the counts of refusals as a tidy frame.

        Returns
        -------
        pandas.DataFrame
            Columns `by` (label, reason, side, company, month), `value`, `refusals`, and `share` of all refusals, in [0, 1]. The value "none" by reason
            and by side stands for refusals that state no reason. Shares by reason and by side can sum to more than 1, as a refusal can state several;
            by company and by month to less, as not all name one or have a date.

        """
        import pandas as pd

        none = {"none": self.unexplained} if self.unexplained else {}
        labels = {str(label): self.labels[label] for label in REFUSALS if self.labels[label]}
        reasons, sides = ({**dict(counts.most_common()), **none} for counts in (self.reasons, self.sides))
        groups = {"label": labels, "reason": reasons, "side": sides, "company": dict(self.companies.most_common()), "month": dict(sorted(self.months.items()))}
        rows = [(by, value, n, n / self.refusals) for by, counts in groups.items() for value, n in counts.items()]
        return pd.DataFrame(rows, columns=["by", "value", "refusals", "share"]).astype({"by": "category", "refusals": "int64", "share": "float64"})

    def lines(self) -> list[str]:
        """Return the summary as lines of text."""
        kinds = ", ".join(f"{self.labels[label]} {label.replace('_', ' ')}" for label in Label if label is not Label.NOT_REFUSAL)
        out = [f"{self.messages} messages read, {self.refusals} refusals ({kinds})"]
        if self.refusals:
            common = ", ".join(f"{code} {n}" for code, n in self.reasons.most_common(5)) or "none"
            out.append(f"stated reasons: {common}; {self.unexplained} state none ({self.share_unexplained:.0%})")
            if self.sides:
                out.append("reasons on the side of: " + ", ".join(f"{side} {n}" for side, n in sorted(self.sides.items())))
            if self.companies:
                out.append("companies: " + ", ".join(f"{on_screen(name)} {n}" for name, n in self.companies.most_common(_FEW)) + _more(self.companies))
            if self.months:
                out.append("months: " + ", ".join(f"{month} {n}" for month, n in sorted(self.months.items(), reverse=True)[:_FEW]) + _more(self.months))
            out.append(f"{self.answerable} can be answered")
        if self.languages:
            found = ", ".join(f"{code} {n}" for code, n in sorted(self.languages.items()))
            out.append(f"{sum(self.languages.values())} may be job mail in other languages ({found}): not judged, read them yourself")
        out.append(f"{self.review} marked for review" + (f", {self.errors} with an error" if self.errors else ""))
        return out


def _more(counts: Counter[str]) -> str:
    left = len(counts) - _FEW
    return f" and {left} more" if left > 0 else ""
