"""A reader with every shared report of a season cannot work a starred count out."""

from __future__ import annotations

from datetime import date

import pytest
from caseload_attacker import Attacker
from caseload_tables import SCALES, Course, tables_of

from analysis.caseload import caseload_period
from analysis.caseload.counts import count_all, open_period
from analysis.errors import AnalysisError
from analysis.settings import Settings

# Reports of three months in a row, the last by both rules and on programmes as well.
UNTIL = (date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 30))
OTHER_BOTH = {"rule": "corc", "programme": "Anxiety"}
WAYS = {
    "improved": {"phq9": (18, 12, 8)},
    "case improved": {"phq9": (22, 18, 14)},
    "unchanged": {"phq9": (14, 13, 14)},
    "deteriorated": {"phq9": (12, 15, 18)},
    "mixed": {"phq9": (18, 12, 8), "ors": (30, 26, 22)},
    "no case": {"phq9": (6, 5, 5)},
    "no last": {"phq9": (15,)},
}
# So many courses a year of each way, by programme: small cells in every corner.
PRACTICE = {
    "Anxiety": dict(zip(WAYS, (44, 9, 21, 6, 3, 5, 8), strict=True)),
    "Trauma": dict(zip(WAYS, (22, 4, 11, 3, 2, 9, 1), strict=True)),
    "Perinatal": dict(zip(WAYS, (14, 12, 9, 1, 0, 2, 2), strict=True)),
    "Couples": dict(zip(WAYS, (5, 1, 2, 1, 0, 1, 0), strict=True)),
}


def courses(shift: int = 0) -> list[Course]:
    """Two years of courses, spread over the months so that windows differ a little."""
    made = []
    for programme, ways in PRACTICE.items():
        for way, n in ways.items():
            for i in range(n * 2):
                month = (7 * i + 5 * len(way) + shift) % 26
                year, month = 2024 + (month + 4) // 12, (month + 4) % 12 + 1
                made.append(
                    _course(f"{programme}{way}{i}", programme, way, year, month)
                )
    made += [
        Course(f"open{i}", "2026-05-04", phq9=(15, 14), programme=programme)
        for i, programme in enumerate(["Anxiety"] * 31 + ["Trauma"] * 4)
    ]
    return made


def _course(client: str, programme: str, way: str, year: int, month: int) -> Course:
    return Course(
        client,
        f"{year}-{month:02d}-02",
        f"{year}-{month:02d}-27",
        **WAYS[way],
        programme=programme,
        reason=("completed", "dropped out", "moved")[len(client) % 3],
    )


def report(all_courses: list[Course], until: date, *, share: bool = True, **choices):
    return caseload_period(
        tables_of(all_courses, until),
        SCALES,
        Settings(),
        since=date(until.year - 1, until.month + 1, 1),
        until=until,
        share=share,
        **choices,
    )


@pytest.fixture(scope="module")
def season() -> tuple[Attacker, list[Course]]:
    attacker, every = Attacker(), courses()
    for until in UNTIL:
        attacker.read(report(every, until))
    for choice in ({"rule": "corc"}, {"programme": "Trauma"}, OTHER_BOTH):
        attacker.read(report(every, UNTIL[-1], **choice))
    return attacker, every


def truth(every: list[Course], until: date, rule: str):
    period = open_period(
        tables_of(every, until), SCALES, Settings(),
        since=date(until.year - 1, until.month + 1, 1), until=until, programme=None,
        rule=rule,
    )  # fmt: skip
    return count_all(period)


@pytest.mark.slow
def test_no_starred_count_of_a_season_of_reports_can_be_worked_out(season) -> None:
    attacker, every = season
    assert attacker.printed
    assert attacker.starred
    both = set(attacker.printed) & attacker.starred
    # a count starred in one report and printed in another was never hidden
    assert not {key for key in both if key[1] != "any" or key[2] is None}
    attacker.starred |= attacker.unclear - set(attacker.printed)
    system = attacker.solve()
    looked_at = 0
    for until in UNTIL:
        counts = {rule: truth(every, until, rule) for rule in ("nhs", "corc")}
        for key in sorted(attacker.starred, key=repr):
            window, rule, group, column = key
            if window != f"{until:%Y-%m}":
                continue
            table = counts["nhs"].stages if rule == "any" else counts[rule].outcomes
            row = ("all", "") if group is None else ("programme", group)
            if row not in table.index:
                continue
            value = int(table.loc[[row], column].iloc[0])
            if until != UNTIL[-1] and not 0 < value < 8:
                continue
            low, high = system.range_of(key)
            assert low <= value <= high, (key, value, low, high)
            looked_at += 1
            assert high - low >= 3, (key, value, low, high)
            if 0 < value < 8:
                assert low <= 1, (key, value, low, high)
                assert high >= 7, (key, value, low, high)
    assert looked_at > 20


def test_what_leaves_is_about_twelve_months_or_nothing() -> None:
    with pytest.raises(AnalysisError, match="twelve months"):
        caseload_period(
            tables_of(courses(), UNTIL[2]), SCALES, Settings(),
            since=date(2026, 1, 1), until=UNTIL[2], share=True,
        )  # fmt: skip
