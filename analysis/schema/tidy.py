"""The tidy tables: what an import fills."""

from __future__ import annotations

from analysis.schema.columns import (
    DATE,
    NUMBER,
    TEXT,
    TRUTH,
    WHOLE,
    Column,
    Table,
    id_column,
)
from analysis.schema.common import CLIENT, DAY, EPISODE, SCALE, SOURCE

TIDY: tuple[Table, ...] = (
    Table(
        "clients",
        "client",
        (
            CLIENT,
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
            id_column("episode_id", "client id, then #1, #2, …"),
            CLIENT,
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
            CLIENT,
            EPISODE,
            DAY,
            Column("attended", TRUTH, "the client came"),
            Column("kind", TEXT, "as exported"),
            Column("clinician_id", TEXT, "who held it"),
            *SOURCE,
        ),
    ),
    Table(
        "administrations",
        "filled-in questionnaire or check-in",
        (
            id_column("administration_id", "unique and stable for the same raw file"),
            CLIENT,
            EPISODE,
            id_column("measure", "id of the measure"),
            DAY,
            Column("time", TEXT, "time of day HH:MM:SS, where exported"),
            Column(
                "context",
                TEXT,
                'what scoring has to know, as JSON: {"informant": "parent"}',
            ),
            *SOURCE,
        ),
        ("administration_id",),
    ),
    Table(
        "responses",
        "item answered",
        (
            id_column("administration_id", "the filling-in"),
            Column("item", WHOLE, "item number in the measure", required=True),
            Column("response", NUMBER, "raw answer; empty = skipped"),
        ),
        ("administration_id", "item"),
    ),
    Table(
        "totals",
        "score as exported",
        (
            id_column("administration_id", "the filling-in"),
            SCALE,
            Column("score", NUMBER, "score as exported", required=True),
        ),
        ("administration_id", "scale"),
    ),
    Table(
        "goals",
        "goal",
        (
            id_column("goal_id", "the goal"),
            CLIENT,
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
            id_column("goal_id", "the goal"),
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
            id_column("goal_id", "the goal"),
            DAY,
            Column("rating", NUMBER, "0 not started to 10 reached"),
            Column("gas", NUMBER, "goal attainment, -2 to 2"),
        ),
    ),
    Table(
        "events",
        "event to mark on charts",
        (
            CLIENT,
            DAY,
            Column("kind", TEXT, "as exported"),
            Column("label", TEXT, "short words to print"),
        ),
    ),
    Table(
        "notes",
        "free text",
        (
            CLIENT,
            DAY,
            Column("author", TEXT, "who wrote it", allowed=("client", "clinician")),
            Column("kind", TEXT, "small_win, step_back_note, note, review"),
            Column("text", TEXT, "the words, as written"),
            Column("may_be_shown", TRUTH, "the client agreed to a report"),
        ),
    ),
)
