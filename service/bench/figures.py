"""What was measured, what is asked of it, and the table of both."""

from __future__ import annotations

import statistics
import unicodedata
from dataclasses import dataclass, field


@dataclass
class Figure:
    """A figure as it came out in each round, and what its median should be."""

    name: str
    form: str
    at_least: float | None = None
    less_than: float | None = None
    values: list[float] = field(default_factory=list)

    @property
    def is_asked(self) -> bool:
        return self.at_least is not None or self.less_than is not None

    def row(self) -> list[str]:
        median = statistics.median(self.values)
        if self.at_least is not None:
            asked, is_reached = "≥ " + self._show(self.at_least), median >= self.at_least
        elif self.less_than is not None:
            asked, is_reached = "< " + self._show(self.less_than), median < self.less_than
        else:
            asked, is_reached = "–", None
        verdict = {True: "yes", False: "no", None: "–"}[is_reached]
        spread = f"{self._show(min(self.values))} – {self._show(max(self.values))}"
        return [self.name, asked, self._show(median), verdict, spread]

    def _show(self, value: float) -> str:
        return self.form.format(value)


def table(head: list[str], rows: list[list[str]], markdown: bool) -> str:
    """The rows below their head, the first column to the left and the others to the right."""
    widths = [max(map(width, column)) for column in zip(head, *rows, strict=True)]

    def line(cells: list[str]) -> str:
        padded = [
            (" " * gap).join(("", cell) if index else (cell, ""))
            for index, cell in enumerate(cells)
            for gap in [widths[index] - width(cell)]
        ]
        return f"| {' | '.join(padded)} |" if markdown else "  ".join(padded).rstrip()

    if markdown:
        rule = "|".join("-" * (wide + 1) + (":" if index else "-") for index, wide in enumerate(widths))
        return "\n".join([line(head), f"|{rule}|", *map(line, rows)])
    return "\n".join([line(head), "-" * width(line(head)), *map(line, rows)])


def width(text: str) -> int:
    """The columns that a text takes in a terminal."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
