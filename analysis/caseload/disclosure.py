"""What may leave the practice: which counts hang together, and which are printed.

What a reader is given for one period is worked out once, for the whole practice and
under all rules together; a report by one rule or on one programme prints a part of it.
So two such reports, laid side by side, say no more than one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from analysis.caseload import life
from analysis.caseload.cohort import Cohort, year_before
from analysis.caseload.counts import ALL_ROW, Counts, Period
from analysis.caseload.inference import Cell
from analysis.caseload.outcomes import PARTS, outcome_counts
from analysis.caseload.relations import (
    WITHOUT_PLACE,
    outcome_relations,
    rest_relations,
    slack,
)
from analysis.caseload.suppression import protect, rounded
from analysis.errors import AnalysisError
from analysis.settings import Thresholds

Frames = Mapping[str, pd.DataFrame]

# Columns of the stages that the outcomes print as well.
JUDGED = ("paired", "unpaired")
# What a reader would miss most, where something has to be hidden beside a small cell.
_COLUMN_WORTH = {
    "improved": 5,
    "paired": 5,
    "recovered": 4,
    "paired_cases": 4,
    "reliably_recovered": 3,
    "deteriorated": 3,
    "unchanged": 2,
}
# Months in a shared report. Reports of one length on overlapping periods tell least.
SHARED_MONTHS = 12


def refuse_period(period: Period) -> None:
    """Raise where reports on overlapping periods could be subtracted.

    A year against the year that ends a month later says what one month has more than
    the same month of the year before; three months against four say what one month
    holds.
    """
    ended = year_before(period.until.replace(day=1))
    months = pd.period_range(ended, period.until, freq="M")
    if period.since != months[-SHARED_MONTHS].start_time.date():
        raise AnalysisError(
            "What leaves the practice is about twelve months: from reports on periods "
            "of different lengths single months could be subtracted. Leave out --from "
            "and --to and name the last month with --month."
        )


def shared(counts: Counts, period: Period) -> Counts:
    """The counts as they may leave the practice: small ones hidden, others rounded.

    period: of the whole practice.
    """
    thresholds = period.settings.thresholds
    own, other = period.cohort, period.other
    since, until = period.since, period.until
    mine, theirs = period.rule.id, period.other_rule.id
    now = {
        mine: counts.outcomes,
        theirs: outcome_counts(other.finished(since, until)),
    }
    then = {
        mine: counts.earlier,
        theirs: _before(other, period),
    }
    shown = shared_outcomes(now, thresholds)
    endings = _endings(counts, own, other, period)
    rest = _shared_rest(counts, endings, shown, thresholds)
    judged = shown[mine][list(JUDGED)]
    return Counts(
        stages=rest["stages"].join(judged),
        outcomes=shown[mine],
        earlier=shared_outcomes(then, thresholds)[mine],
        other=shown[theirs],
        monthly=_shared_months(counts.monthly, thresholds),
        migrations={name: rest[f"bands {name}"] for name in counts.migrations},
        moves={name: rest[f"moves {name}"].iloc[0] for name in counts.moves},
        signs=rest["signs"],
        sign_clients=rest["sign_clients"].iloc[0],
        goals=rest["goals"].iloc[0],
        sessions=rest["sessions"].iloc[0],
        endings=rest["endings"].iloc[0].rename({f"dropped_out {mine}": "dropped_out"}),
        sudden=rest["sudden"].iloc[0],
    )


def of_programme(counts: Counts, programme: str) -> Counts:
    """The part of what leaves the practice that is about one programme."""
    row = ("programme", programme)
    if row not in counts.stages.index:
        raise AnalysisError(
            f"Nobody was in {programme} in this period: there is nothing to share."
        )

    def part(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.reindex([row]).set_axis(
            pd.MultiIndex.from_tuples([ALL_ROW], names=frame.index.names)
        )

    def hidden(series: pd.Series) -> pd.Series:
        return pd.Series(pd.NA, index=series.index, dtype="Int64")

    return replace(
        counts,
        stages=part(counts.stages),
        outcomes=part(counts.outcomes),
        earlier=part(counts.earlier),
        other=part(counts.other),
        monthly=counts.monthly.iloc[:0],
        migrations={},
        moves={},
        signs=counts.signs.iloc[:0],
        **{
            name: hidden(getattr(counts, name))
            for name in ("sign_clients", "goals", "sessions", "endings", "sudden")
        },
    )


# --- outcomes: a function of the period alone -----------------------------------------


def shared_outcomes(
    by_rule: Mapping[str, pd.DataFrame], thresholds: Thresholds
) -> dict[str, pd.DataFrame]:
    """Protect the outcomes under all rules together: no rule gives another away."""
    frames = {rule: by_rule[rule] for rule in sorted(by_rule)}
    between = {f"{slack(rule)}": _slack(frame) for rule, frame in frames.items()}
    return protect(
        {**frames, **between},
        outcome_relations(frames),
        thresholds.suppress_cells_below,
        _too_small_for_rates(frames, thresholds.suppress_rates_below),
        _worth,
        unprinted=set(between),
    )


def _slack(frame: pd.DataFrame) -> pd.DataFrame:
    """What lies between a count and another one that is part of it."""
    return pd.DataFrame(
        {
            part: frame[whole] - frame[part]
            for part, whole in WITHOUT_PLACE
            if part in frame
        }
        | {"improved, not recovered": frame["improved"] - frame["reliably_recovered"]}
    )


def _too_small_for_rates(frames: Frames, least_n: int) -> set[Cell]:
    """Groups under the least n: none of their outcomes leaves."""
    forced: set[Cell] = set()
    for table, frame in frames.items():
        few = (frame["paired"] > 0) & (frame["paired"] < least_n)
        for row in frame.index[few]:
            forced |= {(table, row, str(column)) for column in frame.columns}
    return forced


def _worth(cell: Cell) -> int:
    """Totals are given up last."""
    _, row, column = cell
    return (20 if row == ALL_ROW else 0) + _COLUMN_WORTH.get(column, 1)


def _before(cohort: Cohort, period: Period) -> pd.DataFrame:
    since, until = year_before(period.since), year_before(period.until)
    return outcome_counts(cohort.finished(since, until))


# --- all the rest ---------------------------------------------------------------------


def _shared_rest(
    counts: Counts, endings: pd.Series, outcomes: Frames, thresholds: Thresholds
) -> dict[str, pd.DataFrame]:
    """Protect what is counted beside the outcomes, which are printed as they are."""
    stages = counts.stages.drop(columns=list(JUDGED))
    frames = {
        "stages": stages,
        "signs": counts.signs,
        "sign_clients": _row(counts.sign_clients),
        "goals": _row(counts.goals),
        "sessions": _row(counts.sessions),
        "endings": _row(endings),
        "sudden": _row(counts.sudden),
    }
    frames |= {f"bands {name}": frame for name, frame in counts.migrations.items()}
    frames |= {f"moves {name}": _row(row) for name, row in counts.moves.items()}
    between = {
        "open, no score": (stages["still_open"] - stages["open_recent"]).to_frame("n"),
        "no goal": _row(
            pd.Series({"n": counts.goals["open_clients"]})
            - counts.goals["clients_with_goals"]
        ),
        "stayed": _row(
            pd.Series(
                {
                    name: endings["unplanned"] - endings[name]
                    for name in endings.index
                    if name.startswith("dropped_out")
                }
            )
        ),
    }
    finished = _finished_cells(stages, outcomes)
    return protect(
        {**frames, **between},
        rest_relations(frames),
        thresholds.suppress_cells_below,
        {cell for cell, is_hidden in finished.items() if is_hidden},
        _worth,
        printed={cell for cell, is_hidden in finished.items() if not is_hidden},
        unprinted=set(between),
    )


def _finished_cells(stages: pd.DataFrame, outcomes: Frames) -> dict[Cell, bool]:
    """Finished courses stand in the outcomes, too: whether each is hidden there."""
    judged = next(iter(outcomes.values()))["finished"]
    # a programme in which nothing finished has no row there: its 0 is printed
    return {
        ("stages", row, "finished"): bool(row in judged.index and pd.isna(judged[row]))
        for row in stages.index
    }


def _endings(counts: Counts, own: Cohort, other: Cohort, period: Period) -> pd.Series:
    """Endings with the drop-outs under both rules: improvement is judged by one."""
    theirs = life.endings(other, period.since, period.until)["dropped_out"]
    kinds = counts.endings.drop("dropped_out")
    by_rule = {
        f"dropped_out {period.rule.id}": counts.endings["dropped_out"],
        f"dropped_out {period.other_rule.id}": theirs,
    }
    both = pd.Series({name: by_rule[name] for name in sorted(by_rule)}, dtype="Int64")
    return pd.concat([kinds, both])


def _row(series: pd.Series) -> pd.DataFrame:
    return series.to_frame("").T


def _shared_months(monthly: pd.DataFrame, thresholds: Thresholds) -> pd.DataFrame:
    """Months of those outcomes that every single month may show; others are missing.

    Whether a month may be shown hangs on that month alone, so that it is shown in
    every report or in none.
    """
    parts = list(PARTS.values())
    shown = pd.DataFrame(pd.NA, index=monthly.index, columns=monthly.columns)
    for count, of in parts:
        left = monthly[of] - monthly[count]
        enough = monthly[of] >= thresholds.suppress_rates_below
        for people in (monthly[count], left):
            enough &= people >= thresholds.suppress_cells_below
        if len(monthly) and enough.all():
            shown[count] = monthly[count].map(rounded)
            shown[of] = monthly[of].map(rounded)
    return shown.astype("Int64")
