"""The progress report of the invented client A-1042: every block of it, in use."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode

from analysis import blocks as b
from page_samples.parts import (
    IMPROVING,
    MOVING,
    NOT_KNOWN,
    PLATEAU,
    STEADY,
    notebook,
    panel,
    progress_frame,
    small_spark,
    spark,
)


def five_tiles() -> tuple[b.Tile, ...]:
    return (
        b.Tile(
            "Depression",
            "PHQ-9 · ↓ is better",
            "18",
            "6",
            spark([18, 19, 17, 15, 12, 16, 13, 7, 8, 7, 6], 10),
            IMPROVING,
            "mild, below cut-off\nsince 20 July",
        ),
        b.Tile(
            "Anxiety",
            "GAD-7 · ↓ is better",
            "15",
            "11",
            spark([15, 16, 14, 13, 15, 13, 12, 11, 12, 11, 11], 8),
            PLATEAU,
            "moderate, level\nsince 3 August",
        ),
        b.Tile(
            "Trauma",
            "PCL-5 · ↓ is better",
            "46",
            "31",
            spark([46, 45, 47, 41, 36, 31], 33),
            IMPROVING,
            "below cut-off\nsince 7 September",
        ),
        b.Tile(
            "Well-being",
            "WHO-5 · ↑ is better",
            "24",
            "52",
            spark([24, 28, 24, 36, 48, 52], 50),
            IMPROVING,
            "above cut-off\nsince 7 September",
        ),
        b.Tile(
            "Alliance",
            "SRS · ↑ is better",
            "33.5",
            "38.5",
            spark([33.5, 35, 36, 37, 37.5, 38, 38.5], 36),
            b.Status("holding", "Holding"),
            "above cut-off\nsince 4 May",
        ),
    )


LOOKS = b.Looks(
    (
        b.Look(
            PLATEAU,
            "Anxiety: plateau, likely, 8 weeks",
            "All 8 scores since 3 August are 11 or 12; cut-off 8.",
            "Change a week 0.0 (90 % interval −0.3 to +0.4).\n"
            "Two scores of 9 or less would lift this flag.",
            "look together at what keeps worry going now.",
        ),
        b.Look(
            b.Status("worsening", "Worsening"),
            "Sleep: below own usual range",
            "Rated 3 of 10 on 21 and 28 September.",
            "Own usual range 4 to 7; two check-ins running.",
            "ask what changed; see goal 2.",
        ),
        b.Look(
            NOT_KNOWN,
            "Joint review: 10 weeks ago",
            "Last held 20 July; no therapist rating since.",
            "Usual in this practice: every 6 weeks.",
            "review scores, check-ins and goals together.",
        ),
    )
)

WINS = b.Wins(
    (
        b.Win(
            "A sudden gain that held",
            "PHQ-9 from 13 to 7 on 20 July; all 9 scores since are 8 or less.",
        ),
        b.Win("Trauma below the cut-off", "First time: PCL-5 31 on 7 September."),
        b.Win(
            "Goal reached: seeing friends", "On 21 September, a week before its date."
        ),
        b.Win("Whole bus ride with a friend", "Step 4 of 5, done 14 September."),
    )
)

SIGNS = b.Marked(
    (
        b.Status("moving", "Thinking differently"),
        b.Status("moving", "Small changes, new skills"),
        b.Status("moving", "Coping with feelings"),
        b.Status("moving", "Relationships"),
        b.Status("moving", "Mood and symptoms"),
        b.Status("moving", "Hope, satisfied with life"),
        b.Status("steady", "Looking forward to sessions"),
        b.Status("not_known", "The therapist sees it too"),
        b.Status("steady", "Setbacks are part of it"),
        b.Status("moving", "Small wins"),
    ),
    columns=2,
)

GOALS = b.GoalLines(
    (
        b.GoalLine("1  Bus to work", 4, 5, "4 of 5"),
        b.GoalLine("2  Asleep by 23:30", 3, 4, "3 of 4"),
        b.GoalLine("3  Friend every week", status=b.Status("reached", "Reached")),
    ),
    note="Goal 2: review was due 14 September.",
)

RISK = b.RiskStrip(
    "past",
    "Risk item: clear since 11 May, flagged once (4 May)",
    (
        "PHQ-9 item 9 was 1 (several days) on 4 May 2026;",
        "it has been 0 at all 19 administrations since.",
    ),
    ("no",) * 3
    + ("yes",)
    + ("no",) * 8
    + ("unknown",)
    + ("no",) * 6
    + ("unknown",)
    + ("no",) * 5,
    "13 April",
    "28 September",
)


def progress_1() -> list[Any]:
    return [
        b.Headline(
            "Depression and trauma scores are below their cut-offs; "
            "anxiety has been level since 3 August",
            "Alliance strong. One goal reached, two open. In therapy since 13 "
            "April 2026 "
            "with M. Okafor; 23 of 25 sessions attended, 23 of 25 weekly check-ins "
            "done.",
        ),
        RISK,
        b.Tiles(
            five_tiles(),
            "Baseline (13 April) → latest (PCL-5 and WHO-5: 7 September; the others: "
            "28 September). Dashed line: cut-off. Shaded: plateau.",
        ),
        b.Space(),
        b.Columns(
            (b.Section("Worth a look", "most pressing first"), LOOKS),
            (b.Section("Worth celebrating"), WINS),
        ),
        b.Space(),
        b.Columns(
            (b.Section("Signs of progress", "7 moving, 2 steady, 1 not known"), SIGNS),
            (b.Section("Goals", "steps done"), GOALS),
        ),
        b.Box(
            (
                (
                    "This month:",
                    "4 of 4 sessions and check-ins. PHQ-9 7 → 6, GAD-7 12 → 11, "
                    "SRS 38.3 → 38.5. Skills on 4 to 5 days a week (August: 3 to 4).",
                ),
                (
                    "A question for next time:",
                    "“When was worry a little quieter this month, "
                    "and what was different?”",
                ),
            ),
            at_foot=True,
        ),
    ]


def progress_2() -> list[Any]:
    half = panel("Well-being rose from 24 to 52.", 85, 34)
    return [
        b.PageTitle(
            "Courses: two of three symptom scores are still falling",
            "Rings: scores. Blue line: smoothed course with 90 % band. ×: no score. "
            "Upright dotted lines: events.",
        ),
        b.GroupRule("Lower is better ↓"),
        b.Chart(
            "Depression: from 18 to 6, reliable improvement and recovery",
            panel("Depression fell from 18 to 6."),
            "PHQ-9, lower is better ↓",
            IMPROVING,
        ),
        b.Chart(
            "Anxiety: from 15 to 11, reliable improvement, then level for 8 weeks",
            panel("Anxiety fell from 15 to 11 and is level."),
            "GAD-7, lower is better ↓",
            PLATEAU,
        ),
        b.Chart(
            "Trauma: from 46 to 31, reliable improvement, below the cut-off",
            panel("Trauma fell from 46 to 31.", height=34),
            "PCL-5, lower is better ↓",
            IMPROVING,
        ),
        b.GroupRule("Higher is better ↑"),
        b.Chart(
            "Well-being: from 24 to 52",
            half,
            "WHO-5 per cent, higher is better ↑",
            IMPROVING,
            "half",
        ),
        b.Chart(
            "Alliance: above cut-off since May",
            half,
            "SRS, higher is better ↑ (axis from 20)",
            b.Status("holding", "Holding"),
            "half",
        ),
    ]


def sign_table() -> b.SignTable:
    rising = small_spark([1, 2, 2, 3, 5, 4, 6, 7])
    rows = [
        (
            MOVING,
            "Thinking differently",
            "strong",
            "Catches thoughts on most days; was once or twice a week",
        ),
        (
            MOVING,
            "Small changes, new skills",
            "strong",
            "Skills used on 4 to 5 days a week; was 1",
        ),
        (
            MOVING,
            "Coping and handling feelings",
            "clear",
            "Coped with hard things: 3 → 6",
        ),
        (
            MOVING,
            "Relationships",
            "clear",
            "Felt close to others: 3 → 6; friends goal reached",
        ),
        (
            MOVING,
            "Better mood, fewer symptoms",
            "clear",
            "Depression and trauma down; anxiety level, sleep lower",
        ),
        (MOVING, "Hope, satisfied with life", "strong", "Hope 3 → 7, WHO-5 24 → 52"),
        (
            STEADY,
            "Looking forward to sessions",
            "strong",
            "8 since May; SRS 38.5 of 40",
        ),
        (NOT_KNOWN, "The therapist sees it too", "", "No joint review for 72 days"),
        (
            STEADY,
            "Setbacks are part of it",
            "clear",
            "A step back in 4 check-ins in June; none since",
        ),
        (MOVING, "Small wins", "clear", "A win in 6 of the last 8 weeks"),
    ]
    return b.SignTable(
        (
            "Direction",
            "Sign",
            "Strength",
            "Since April",
            "Evidence (ratings 0 to 10)",
            "Latest",
        ),
        tuple(
            b.SignRow(
                status,
                title,
                strength,
                None if status == NOT_KNOWN else rising,
                evidence,
                "20 Jul" if status == NOT_KNOWN else "28 Sep",
                status == NOT_KNOWN,
            )
            for status, title, strength, evidence in rows
        ),
    )


def bus_goal() -> b.Ladder:
    return b.Ladder(
        "1  Take the bus to work on two mornings a week",
        MOVING,
        "due 30 October",
        (
            b.Step("Walk to the stop with Sam", "8 June", "done"),
            b.Step("One stop with a friend", "13 July", "done"),
            b.Step("Two stops alone", "17 August", "done"),
            b.Step("Whole way with a friend", "14 September", "done"),
            b.Step("Whole way alone, two mornings", "next", "next"),
        ),
        spark([2, 3, 2, 4, 5, 6, 6], 8),
        "2 → 6, target 8",
        summary="4 of 5 steps",
        next_step="Next step: the whole way on your own.",
    )


def progress_3() -> list[Any]:
    done = [
        ("List three people", "4 May"),
        ("Send one message", "25 May"),
        ("One call", "20 July"),
        ("Weekly, four weeks running", "21 September"),
    ]
    return [
        b.PageTitle(
            "Signs of progress: seven of ten are moving",
            "Where they part: habits, coping and contact keep moving while anxiety "
            "is level "
            "and sleep slips.",
        ),
        sign_table(),
        b.Section(
            "Goals: one reached, two open",
            "rated 0 to 10 by the client; dashed line: target",
        ),
        bus_goal(),
        b.Ladder(
            "2  Asleep by 23:30 on five nights a week",
            STEADY,
            "review was planned for 14 September",
            (
                b.Step("Phone out of the bedroom", "20 July", "done"),
                b.Step("Same time up, all week", "17 August", "done"),
                b.Step("Wind-down from 22:45", "7 September", "done"),
                b.Step("Out of bed if awake 20 min", "next", "next"),
            ),
            spark([4, 5, 5], 7),
            "4 → 5, target 7",
            (
                "Revised 17 August; before: “asleep by 22:30 every night”, reason: "
                "too big. "
                "Its review date has passed: a good topic for next time.",
            ),
            summary="3 of 4 steps",
            next_step="Next step: get up for a while if you lie awake.",
        ),
        b.Ladder(
            "3  See or call a friend once a week",
            b.Status("reached", "Reached"),
            "21 September, due 28 September",
            tuple(b.Step(text, when, "done") for text, when in done),
            spark([2, 3, 3, 5, 6, 8], 8),
            "2 → 8, target 8",
            summary="reached",
            next_step="You did it. What would you like next?",
        ),
    ]


def progress() -> NotebookNode:
    return notebook(progress_frame(), *progress_1(), *progress_2(), *progress_3())
