"""A reader who wants a starred count back, and has every shared report of a season.

Knows the definitions (what adds up to what, in every window and over programmes), that
windows overlap in whole months, that printed counts are rounded to 5 and that a printed
0 is nobody. Solves for the least and the largest value of each starred count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize, sparse

from analysis.caseload import CaseloadPeriod
from analysis.caseload.outcomes import PARTS

# window (last month), rule, group (None = all), column
Key = tuple[str, str, str | None, str]
MONTHS = 12


@dataclass
class Attacker:
    """Collects what reports print; `range_of` gives what that leaves possible."""

    printed: dict[Key, int] = field(default_factory=dict)
    starred: set[Key] = field(default_factory=set)
    unclear: set[Key] = field(default_factory=set)
    programmes: set[str] = field(default_factory=set)

    def read(self, report: CaseloadPeriod) -> None:
        """Take down every count of one report."""
        window = f"{report.until:%Y-%m}"
        rule, group = report.rule.id, report.programme
        other = "corc" if rule == "nhs" else "nhs"
        self.programmes |= {name for name in report.programmes if name}
        for stages in (report.stages, *report.stages_by_programme):
            about = group if stages.programme is None else stages.programme
            for name in (
                "referred", "did_not_start", "started", "still_open", "left_early",
            ):  # fmt: skip
                self._note((window, "any", about, name), getattr(stages, name))
            for name in ("finished", "paired", "unpaired"):
                self._note((window, rule, about, name), getattr(stages, name))
            if stages.recent is not None:
                self._note((window, "any", about, "open_recent"), stages.recent.count)
        for rates, by in ((report.outcomes, rule), (report.other_outcomes, other)):
            self._rates(window, by, group, rates)
        for rate in report.outcomes_by_programme:
            self._rates(window, rule, rate.programme, [rate])

    def _rates(self, window: str, rule: str, group: Any, rates: Iterable[Any]) -> None:
        year = f"{int(window[:4]) - 1}{window[4:]}"
        for rate in rates:
            count, of = PARTS[rate.outcome]
            missing = "unpaired" if of == "paired" else "unpaired_cases"
            known = rate.rate
            self._note((window, rule, group, count), known and known.count)
            # a rate is starred when either is: whether `of` is, other tables tell
            if known is None:
                self.unclear.add((window, rule, group, of))
            else:
                self._note((window, rule, group, of), known.of)
            self._note((window, rule, group, missing), rate.n_missing)
            before = rate.year_before
            if before is not None and before.of:
                self._note((year, rule, group, count), before.count)
                self._note((year, rule, group, of), before.of)

    def _note(self, key: Key, count: int | None) -> None:
        if count is None:
            self.starred.add(key)
            return
        # two reports that print the same thing must agree, or say too much
        assert self.printed.setdefault(key, int(count)) == int(count), key

    # --- solving ------------------------------------------------------------------

    def solve(self) -> System:
        """Everything known as one system of equations."""
        system = System(sorted({key[0] for key in (*self.printed, *self.starred)}))
        groups = [None, *sorted(self.programmes)]
        for window in system.windows:
            for rule in ("nhs", "corc"):
                for group in groups:
                    self._row(system, window, rule, group)
                for column in OUTCOME_SUMS:
                    parts = [(window, rule, g, column) for g in groups[1:]]
                    system.equal([(window, rule, None, column)], parts)
            for group in groups:
                both = [(window, rule, group, "finished") for rule in ("nhs", "corc")]
                system.equal(both[:1], both[1:])
                self._stages(system, window, group)
            for column in STAGE_SUMS:
                parts = [(window, "any", g, column) for g in groups[1:]]
                system.equal([(window, "any", None, column)], parts)
        for key, count in self.printed.items():
            system.within(key, *((0, 0) if count == 0 else (count - 2, count + 2)))
        return system

    def _row(self, system: System, window: str, rule: str, group: Any) -> None:
        def keys(*columns: str) -> list[Key]:
            return [(window, rule, group, column) for column in columns]

        system.equal(keys("finished"), keys("paired", "unpaired"))
        kinds = keys("improved", "unchanged", "deteriorated")
        system.equal(keys("paired"), kinds)
        for part, whole in PARTS_OF:
            system.at_most(keys(part), keys(whole))

    def _stages(self, system: System, window: str, group: Any) -> None:
        def keys(*columns: str) -> list[Key]:
            return [(window, "any", group, column) for column in columns]

        system.equal(keys("referred"), keys("did_not_start", "started"))
        finished = [(window, "nhs", group, "finished")]
        left = keys("still_open", "left_early") + finished
        system.equal(keys("started"), left)
        system.at_most(keys("open_recent"), keys("still_open"))


PARTS_OF = (
    ("paired_cases", "paired"), ("unpaired_cases", "unpaired"),
    ("recovered", "paired_cases"), ("reliably_recovered", "recovered"),
    ("reliably_recovered", "improved"),
)  # fmt: skip
OUTCOME_SUMS = (
    "finished", "paired", "unpaired", "paired_cases", "unpaired_cases", "improved",
    "unchanged", "deteriorated", "recovered", "reliably_recovered",
)  # fmt: skip
STAGE_SUMS = (
    "referred", "did_not_start", "started", "still_open", "left_early", "open_recent",
)  # fmt: skip


class System:
    """Equations over counts of single months, which windows are sums of."""

    def __init__(self, windows: list[str]) -> None:
        self.windows = windows
        self.place: dict[tuple, int] = {}
        self.rows: list[dict[int, float]] = []
        self.low: list[float] = []
        self.high: list[float] = []
        spans = {
            window: set(pd.period_range(end=window, periods=MONTHS, freq="M"))
            for window in windows
        }
        months = sorted(set().union(*spans.values()))
        # months that lie in the same windows need no telling apart
        signs = [tuple(w for w in windows if m in spans[w]) for m in months]
        self.segments = {w: {s for s in signs if w in s} for w in windows}

    def _terms(self, keys: Iterable[Key], sign: float) -> dict[int, float]:
        found: dict[int, float] = {}
        for window, *rest in keys:
            # who is open now is told of one day only, not summed over months
            parts = [window] if rest[0] == "any" else self.segments[window]
            for part in parts:
                at = self.place.setdefault((part, *rest), len(self.place))
                found[at] = found.get(at, 0.0) + sign
        return found

    def _add(self, terms: dict[int, float], low: float, high: float) -> None:
        self.rows.append(terms)
        self.low.append(low)
        self.high.append(high)

    def equal(self, left: list[Key], right: list[Key]) -> None:
        terms = self._terms(left, 1.0)
        for at, sign in self._terms(right, -1.0).items():
            terms[at] = terms.get(at, 0.0) + sign
        self._add(terms, 0.0, 0.0)

    def at_most(self, part: list[Key], whole: list[Key]) -> None:
        terms = self._terms(whole, 1.0)
        for at, sign in self._terms(part, -1.0).items():
            terms[at] = terms.get(at, 0.0) + sign
        self._add(terms, 0.0, np.inf)

    def within(self, key: Key, low: float, high: float) -> None:
        self._add(self._terms([key], 1.0), low, high)

    def range_of(self, key: Key) -> tuple[float, float]:
        """Least and largest value this count could have, in fractions of people.

        Fractions are allowed for speed; that whole numbers leave less was looked at
        once for these practices and changed no answer.
        """
        aim = np.zeros(len(self.place))
        for at, sign in self._terms([key], 1.0).items():
            aim[at] = sign
        ends = []
        for sign in (1, -1):
            solved = optimize.milp(
                sign * aim, constraints=self.limits, bounds=optimize.Bounds(0, 500)
            )
            assert solved.status == 0, solved.message
            ends.append(round(sign * solved.fun, 6))
        return ends[0], ends[1]

    @cached_property
    def limits(self) -> optimize.LinearConstraint:
        matrix = sparse.lil_matrix((len(self.rows), len(self.place)))
        for number, terms in enumerate(self.rows):
            for at, sign in terms.items():
                matrix[number, at] = sign
        return optimize.LinearConstraint(matrix.tocsr(), self.low, self.high)
