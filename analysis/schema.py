"""The tidy tables: columns, keys and allowed values, declared once.

The same declaration gives the Parquet schema, the check before every write and the
page of documentation. A check's error names tables, columns and row numbers only,
never a value: values are clients' data.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from analysis.errors import AnalysisError

TEXT, DATE, NUMBER, WHOLE, TRUTH = "text", "date", "number", "whole", "truth"

_ARROW = {
    TEXT: pa.string(),
    DATE: pa.date32(),
    NUMBER: pa.float64(),
    WHOLE: pa.int64(),
    TRUTH: pa.bool_(),
}


@dataclass(frozen=True)
class Column:
    """One column: what it holds, whether it may be empty, what it may say."""

    name: str
    kind: str
    meaning: str
    required: bool = False
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One tidy table: a row is `row`; `key` columns together are unique."""

    name: str
    row: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    is_derived: bool = False

    @property
    def names(self) -> list[str]:
        """Column names, in order."""
        return [column.name for column in self.columns]

    def arrow(self) -> pa.Schema:
        """The table as an Arrow schema."""
        return pa.schema([(c.name, _ARROW[c.kind]) for c in self.columns])

    def empty(self) -> pd.DataFrame:
        """A frame with the right columns and kinds and no rows."""
        return frame(self.arrow().empty_table())


def frame(table: pa.Table) -> pd.DataFrame:
    """Turn Arrow into pandas: dates become datetime64, whole numbers stay nullable."""
    return table.to_pandas(date_as_object=False, types_mapper=_pandas_kind)


def _pandas_kind(kind: pa.DataType) -> object:
    if pa.types.is_integer(kind):
        return pd.Int64Dtype()
    if pa.types.is_boolean(kind):
        return pd.BooleanDtype()
    return None


def _id(name: str, meaning: str) -> Column:
    return Column(name, TEXT, meaning, required=True)


_CLIENT = _id("client_id", "the client, as exported, spelling made one")
_EPISODE = Column("episode_id", TEXT, "episode of care the row belongs to")
_SCALE = _id("scale", "measure.scale, in lower case: phq9.total, goal.G2")
_DAY = Column("date", DATE, "day in the clinic's time zone", required=True)
_SOURCE = (
    Column("source_file", TEXT, "raw file the row came from"),
    Column("source_row", WHOLE, "row in that file, as a spreadsheet counts"),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            "clients",
            "client",
            (
                _CLIENT,
                Column("clinician_id", TEXT, "who sees the client now"),
                Column("programme", TEXT, "programme or service"),
                Column("name_on_report", TEXT, "name to print; stands here only"),
                Column("birth_year", WHOLE, "year of birth"),
                Column("sex", TEXT, "where norms need it", allowed=("female", "male")),
                Column("started_on", DATE, "referral or first contact"),
                Column("ended_on", DATE, "last contact"),
                Column("end_reason", TEXT, "as exported"),
            ),
            ("client_id",),
        ),
        Table(
            "episodes",
            "episode of care",
            (
                _id("episode_id", "client id, then #1, #2, …"),
                _CLIENT,
                Column("clinician_id", TEXT, "who is responsible"),
                Column("programme", TEXT, "programme or service"),
                Column("started_on", DATE, "first contact", required=True),
                Column("last_contact", DATE, "last contact", required=True),
                Column("ended_on", DATE, "end; empty while open"),
                Column("end_reason", TEXT, "as exported"),
                Column("is_derived", TRUTH, "made from gaps, not exported"),
            ),
            ("episode_id",),
        ),
        Table(
            "sessions",
            "appointment",
            (
                _CLIENT,
                _EPISODE,
                _DAY,
                Column("attended", TRUTH, "the client came"),
                Column("kind", TEXT, "as exported"),
                Column("clinician_id", TEXT, "who held it"),
                *_SOURCE,
            ),
        ),
        Table(
            "administrations",
            "filled-in questionnaire or check-in",
            (
                _id("administration_id", "unique and stable for the same raw file"),
                _CLIENT,
                _EPISODE,
                _id("measure", "id of the measure"),
                _DAY,
                Column("time", TEXT, "time of day HH:MM:SS, where exported"),
                Column(
                    "context",
                    TEXT,
                    'what scoring has to know, as JSON: {"informant": "parent"}',
                ),
                *_SOURCE,
            ),
            ("administration_id",),
        ),
        Table(
            "responses",
            "item answered",
            (
                _id("administration_id", "the filling-in"),
                Column("item", WHOLE, "item number in the measure", required=True),
                Column("response", NUMBER, "raw answer; empty = skipped"),
            ),
            ("administration_id", "item"),
        ),
        Table(
            "totals",
            "score as exported",
            (
                _id("administration_id", "the filling-in"),
                _SCALE,
                Column("score", NUMBER, "score as exported", required=True),
            ),
            ("administration_id", "scale"),
        ),
        Table(
            "goals",
            "goal",
            (
                _id("goal_id", "the goal"),
                _CLIENT,
                Column("statement", TEXT, "the goal in the client's words"),
                Column("specific", TEXT, "what will be different"),
                Column("measurable", TEXT, "how it is measured"),
                Column("achievable", TEXT, "why it can be done"),
                Column("relevant", TEXT, "why it matters"),
                Column("target", NUMBER, "rating that counts as reached, 0 to 10"),
                Column("due", DATE, "review date"),
                Column("set_on", DATE, "agreed on"),
                Column("closed_on", DATE, "closed on"),
                Column("status", TEXT, "open, reached, paused, replaced, stopped"),
                Column("replaces", TEXT, "goal_id this one revises"),
                Column("reason", TEXT, "why it was revised"),
            ),
            ("goal_id",),
        ),
        Table(
            "goal_steps",
            "step of a goal",
            (
                _id("goal_id", "the goal"),
                Column("position", WHOLE, "order of the steps, from 1", required=True),
                Column("step", TEXT, "the step in words"),
                Column("done_on", DATE, "empty while open"),
            ),
            ("goal_id", "position"),
        ),
        Table(
            "goal_ratings",
            "rating of a goal",
            (
                _id("goal_id", "the goal"),
                _DAY,
                Column("rating", NUMBER, "0 not started to 10 reached"),
                Column("gas", NUMBER, "goal attainment, -2 to 2"),
            ),
        ),
        Table(
            "events",
            "event to mark on charts",
            (
                _CLIENT,
                _DAY,
                Column("kind", TEXT, "as exported"),
                Column("label", TEXT, "short words to print"),
            ),
        ),
        Table(
            "notes",
            "free text",
            (
                _CLIENT,
                _DAY,
                Column("author", TEXT, "who wrote it", allowed=("client", "clinician")),
                Column("kind", TEXT, "small_win, step_back_note, note, review"),
                Column("text", TEXT, "the words, as written"),
                Column("may_be_shown", TRUTH, "the client agreed to a report"),
            ),
        ),
        Table(
            "scores",
            "administration and scale",
            (
                _CLIENT,
                _EPISODE,
                _id("administration_id", "the filling-in"),
                _DAY,
                _id("measure", "id of the measure"),
                _SCALE,
                Column("score", NUMBER, "score; empty unless ok or prorated"),
                Column("n_missing", WHOLE, "skipped items"),
                Column("origin", TEXT, "where from", True, ("items", "exported")),
                Column("status", TEXT, "how", True, ("ok", "prorated", "not_scored")),
                Column("why", TEXT, "incomplete or invalid, where not scored"),
                Column("band", TEXT, "published word for the score"),
                Column("is_case", TRUTH, "on the unwell side of the cut-off"),
                Column("is_superseded", TRUTH, "another score of the day counts"),
                *_SOURCE,
            ),
            ("administration_id", "scale"),
            is_derived=True,
        ),
        Table(
            "risks",
            "risk item of an administration",
            (
                _CLIENT,
                _EPISODE,
                _id("administration_id", "the filling-in"),
                _DAY,
                _id("measure", "id of the measure"),
                Column("item", WHOLE, "item number", required=True),
                Column("answer", NUMBER, "raw answer; empty = not answered"),
                Column("meaning", TEXT, "what the item asks about"),
                Column("risk", TEXT, "the flag", True, ("yes", "no", "unknown")),
            ),
            ("administration_id", "item"),
            is_derived=True,
        ),
        Table(
            "series",
            "client, scale and day",
            (
                _CLIENT,
                _EPISODE,
                _SCALE,
                _DAY,
                Column("value", NUMBER, "the number of that day", required=True),
            ),
            ("client_id", "scale", "date"),
            is_derived=True,
        ),
        Table(
            "changes",
            "client, episode and scale",
            (
                _CLIENT,
                _EPISODE,
                _id("measure", "id of the measure"),
                _SCALE,
                Column("baseline_date", DATE, "first valid score of the episode"),
                Column("baseline", NUMBER, "its value"),
                Column("latest_date", DATE, "last valid score up to the report day"),
                Column("latest", NUMBER, "its value"),
                Column("n_scores", WHOLE, "valid scores in between, both included"),
                Column("gain", NUMBER, "points of improvement"),
                Column("rci", NUMBER, "gain / (sqrt 2 * SEM)"),
                Column("reliable_change", NUMBER, "threshold used, in points"),
                Column("reliable_improvement", TRUTH, "gain >= threshold"),
                Column("reliable_deterioration", TRUTH, "gain <= -threshold"),
                Column("is_case_at_baseline", TRUTH, "a case at baseline"),
                Column("is_case_now", TRUTH, "a case at latest"),
                Column("recovery", TRUTH, "a case at baseline, not now"),
                Column("reliable_recovery", TRUTH, "both"),
            ),
            ("episode_id", "scale"),
            is_derived=True,
        ),
        Table(
            "trends",
            "client, episode and scale",
            (
                _CLIENT,
                _EPISODE,
                _SCALE,
                Column("until", DATE, "the day it speaks from", required=True),
                Column("n", WHOLE, "scores used"),
                Column("weeks", NUMBER, "weeks between first and last of them"),
                Column("gain_per_week", NUMBER, "current slope; positive is better"),
                Column("low", NUMBER, "90 % interval"),
                Column("high", NUMBER, "90 % interval"),
                Column("p_better", NUMBER, "P(slope > delta)"),
                Column("p_flat", NUMBER, "P(|slope| <= delta)"),
                Column("p_worse", NUMBER, "P(slope < -delta)"),
                Column(
                    "status",
                    TEXT,
                    "the verdict",
                    True,
                    ("improving", "worsening", "plateau", "holding", "too_early"),
                ),
                Column("since", DATE, "since when the status holds"),
                Column("more_scores_needed", WHOLE, "too early: what would settle it"),
            ),
            ("episode_id", "scale", "until"),
            is_derived=True,
        ),
        Table(
            "models",
            "number of a model fitted to the practice",
            (
                _id("kind", "trend, or expected: the expected course"),
                _SCALE,
                Column("fitted_on", DATE, "the day it speaks from", required=True),
                Column("n_episodes", WHOLE, "episodes it was fitted to"),
                _id("parameter", "name of the number"),
                Column("value", NUMBER, "the number", required=True),
            ),
            ("kind", "scale", "parameter"),
            is_derived=True,
        ),
        Table(
            "signs",
            "client, episode and sign",
            (
                _CLIENT,
                _EPISODE,
                Column("until", DATE, "the day it speaks from", required=True),
                _id("sign", "1 to 10, or goals"),
                Column(
                    "direction",
                    TEXT,
                    "where it is heading",
                    True,
                    ("moving", "steady", "slipping", "not_known"),
                ),
                Column(
                    "direction_before",
                    TEXT,
                    "the same four weeks earlier",
                    allowed=("moving", "steady", "slipping", "not_known"),
                ),
                Column("strength", TEXT, "strong, clear, faint; empty when not known"),
                Column("evidence_age_days", WHOLE, "age of the newest evidence"),
                Column("evidence", TEXT, "JSON: the scales and numbers behind it"),
            ),
            ("episode_id", "sign", "until"),
            is_derived=True,
        ),
        Table(
            "findings",
            "finding",
            (
                _CLIENT,
                _EPISODE,
                _DAY,
                _id("kind", "what was found"),
                Column("scale", TEXT, "scale it is about, where it is about one"),
                Column("grade", TEXT, "likely, strong"),
                Column("evidence", TEXT, "JSON: the numbers behind it"),
                Column("audience", TEXT, "who may see it", True, ("clinician", "both")),
            ),
            is_derived=True,
        ),
    )
}


def conform(rows: pd.DataFrame, name: str) -> pa.Table:
    """Return the rows as the table's Arrow table, or raise naming every problem.

    Columns the table does not know are refused; missing optional ones become empty.
    """
    table = TABLES[name]
    problems = _column_problems(rows, table)
    if not problems:
        problems = _row_problems(rows, table)
    if problems:
        lines = "\n".join(f"  {problem}" for problem in problems)
        raise AnalysisError(f"{name} has {len(problems)} problem(s):\n{lines}")
    present = {c: rows[c] for c in table.names if c in rows}
    arrays = []
    for field in table.arrow():
        values = present.get(field.name)
        arrays.append(
            pa.nulls(len(rows), field.type)
            if values is None
            else _array(values, field.type)
        )
    return pa.Table.from_arrays(arrays, schema=table.arrow())


def _array(values: pd.Series, kind: pa.DataType) -> pa.Array:
    if isinstance(values.dtype, pd.CategoricalDtype):
        # few ids in millions of rows are spelled out in one stroke
        return pa.Array.from_pandas(values).cast(kind)
    if pa.types.is_date(kind) and values.dtype == object:
        # never through Python dates: tables have millions of rows
        values = values.astype("datetime64[s]")
    return pa.Array.from_pandas(values, type=kind)


def _column_problems(rows: pd.DataFrame, table: Table) -> list[str]:
    unknown = [str(name) for name in rows.columns if name not in table.names]
    missing = [c.name for c in table.columns if c.required and c.name not in rows]
    return [f"unknown column {name}" for name in unknown] + [
        f"column {name} is missing" for name in missing
    ]


def _row_problems(rows: pd.DataFrame, table: Table) -> list[str]:
    problems = []
    for column in table.columns:
        if column.name not in rows:
            continue
        values = rows[column.name]
        if column.required and values.isna().any():
            problems.append(f"{column.name} is empty in {_where(values.isna())}")
        if column.allowed:
            wrong = values.notna() & ~values.isin(column.allowed)
            if wrong.any():
                allowed = ", ".join(column.allowed)
                problems.append(
                    f"{column.name} is none of {allowed} in {_where(wrong)}"
                )
    if table.key and len(rows):
        twice = rows.duplicated(list(table.key), keep=False)
        if twice.any():
            problems.append(
                f"{' + '.join(table.key)} must be unique, see {_where(twice)}"
            )
    return problems


def _where(mask: pd.Series) -> str:
    numbers = [str(n + 1) for n in mask.to_numpy().nonzero()[0][:5]]
    more = int(mask.sum()) - len(numbers)
    return f"row {', '.join(numbers)}" + (f" and {more} more" if more > 0 else "")
