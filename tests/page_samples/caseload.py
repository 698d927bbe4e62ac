"""The caseload report of an invented practice."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode

from analysis import blocks as b
from page_samples.parts import PLATEAU, notebook, progress_frame, small_spark


def caseload_frame(**changes: Any) -> b.Page:
    return progress_frame(
        **{
            "kind": "caseload",
            "title": "Caseload report, October 2025 to September 2026",
            "header": "Caseload report · October 2025 to September 2026",
            "footer_right": "version 1.0 · manifest b81d02c4",
            **changes,
        }
    )


def rates() -> b.Rates:
    def rate(
        label: str,
        value: float,
        half: float,
        worst: float,
        best: float,
        now: str,
        count: str,
        before: float,
        nation: float,
        mark: str = "disc",
    ) -> b.RateRow:
        return b.RateRow(
            label,
            value,
            value - half,
            value + half,
            worst,
            best,
            now,
            count,
            before,
            f"{before:.0%}".replace("%", " %"),
            nation,
            f"{nation * 100:.1f}",
            mark,
        )  # type: ignore[arg-type]

    def small(
        label: str, value: float, half: float, now: str, count: str, before: str
    ) -> b.RateRow:
        return b.RateRow(
            label,
            value,
            value - half,
            value + half,
            None,
            None,
            now,
            count,
            before=before,
            nation="",
            is_small=True,
        )

    return b.Rates(
        (
            rate(
                "Reliable improvement",
                0.67,
                0.065,
                0.59,
                0.71,
                "67 %",
                "126 of 187",
                0.63,
                0.675,
            ),
            rate("Recovery", 0.52, 0.07, 0.45, 0.58, "52 %", "88 of 168", 0.47, 0.505),
            rate(
                "Reliable recovery",
                0.5,
                0.07,
                0.44,
                0.56,
                "50 %",
                "84 of 168",
                0.44,
                0.475,
            ),
            rate(
                "No reliable change",
                0.28,
                0.06,
                0.24,
                0.37,
                "28 %",
                "52 of 187",
                0.30,
                0.254,
                "square",
            ),
            rate(
                "Reliable deterioration",
                0.05,
                0.03,
                0.04,
                0.17,
                "5 %",
                "9 of 187",
                0.07,
                0.058,
                "diamond",
            ),
            small("Anxiety and depression", 0.69, 0.08, "69 %", "81 of 118", "65 %"),
            small("Trauma", 0.64, 0.13, "64 %", "29 of 45", "60 %"),
            small("Perinatal", 0.67, 0.18, "67 %", "16 of 24", "62 %"),
            b.RateRow(
                "Older adults",
                None,
                None,
                None,
                None,
                None,
                "–",
                "too few to show (fewer than 20)",
                nation="",
                is_small=True,
            ),
        ),
        note=(
            "Large mark and line: rate with its 95 % interval. Grey bar: where the "
            "rate could lie if none, or all, of those without a last score had this "
            "outcome. England: 2024–25."
        ),
    )


def caseload_1() -> list[Any]:
    cell = b.Cell
    programmes = [
        ("Anxiety and depression", "118 of 128", 0.92, "44 of 46", 0.96),
        ("Trauma", "45 of 54", 0.83, "22 of 25", 0.88),
        ("Perinatal", "24 of 32", 0.75, "14 of 15", 0.93),
    ]
    return [
        b.Headline(
            "Two in three clients improve reliably, as in England; 17 of 86 open "
            "clients "
            "need a look now",
        ),
        b.Paragraph(
            "Every outcome rate is close to the national figure; none differs from "
            "it beyond chance. All five moved the right way on the year before, "
            "each within chance. Last scores are missing most in Perinatal (8 of "
            "32) and Trauma (9 of 54)."
        ),
        b.Section("What can be said at all", "October 2025 to September 2026"),
        b.Bars(
            (
                b.Bar(412, "Referred"),
                b.Bar(318, "Started", "94 did not start"),
                b.Bar(
                    214,
                    "Finished, two sessions or more",
                    "86 still open, 18 left after one",
                ),
                b.Bar(
                    187,
                    "With first and last score",
                    "27 without a last score (13 %)",
                    True,
                ),
            )
        ),
        b.Paragraph("87 % of finished courses can be judged (187 of 214).", "strong"),
        b.Table(
            (
                b.Head("Programme", share=1.2),
                b.Head("Finished courses", "right", 0),
                b.Head("with first and last score", "right", 1),
                b.Head("Open clients", "right", 0),
                b.Head("with a score in 30 days", "right", 1),
            ),
            tuple(
                (
                    cell(name),
                    cell(count),
                    cell(f"{share:.0%}".replace("%", " %"), True, bar=share),
                    cell(other),
                    cell(f"{score:.0%}".replace("%", " %"), True, bar=score),
                )
                for name, count, share, other, score in programmes
            ),
        ),
        b.Space(),
        b.Section(
            "Outcomes",
            "187 finished courses with first and last score · NHS Talking "
            "Therapies rule",
        ),
        rates(),
        b.Contents("In this report:", ("Who needs a look now", "Over time")),
    ]


def caseload_2() -> list[Any]:
    kinds = [
        (b.Status("risk", "Risk item"), ["A-1108", "A-1077"]),
        (b.Status("worsening", "Worsening"), ["A-1093", "A-1019"]),
        (b.Status("setback", "Setback"), ["A-1054", "A-1071"]),
        (b.Status("not_on_track", "Not on track"), ["A-1088", "A-1097"]),
        (PLATEAU, ["A-1042", "A-1026", "A-1033"]),
        (b.Status("overdue", "Overdue"), ["A-0987", "A-1011", "A-1064", "A-1037"]),
    ]
    rows = []
    starts = []
    for status, clients in kinds:
        starts.append(len(rows))
        for client in clients:
            is_overdue = status.word == "Overdue"
            last = (
                b.Cell("none since", tone="grey")
                if is_overdue
                else b.Cell("", picture=small_spark([4, 3, 4, 2, 3, 3, 4, 4]))
            )
            rows.append(
                (
                    b.Cell("", status=status),
                    b.Cell(client, True),
                    b.Cell("J. Castell"),
                    b.Cell("PHQ-9, 9 → 16"),
                    last,
                    b.Cell("31 Aug"),
                    b.Cell("28 Sep"),
                )
            )
    return [
        b.PageTitle(
            "Who needs a look now: 17 of 86 open clients",
            "Most urgent kind first. Chance alone would flag about 4 of 86. A flag "
            "asks for a conversation; it is not a verdict on client or clinician.",
        ),
        b.Table(
            (
                b.Head("Flag", share=1.2),
                b.Head("Client", share=0),
                b.Head("Clinician", share=0.8),
                b.Head("What", share=1.7),
                b.Head("Last scores", share=0.9),
                b.Head("Since", "right", 0.5),
                b.Head("Last score", "right", 0.6),
            ),
            tuple(rows),
            tuple(starts),
        ),
        b.Box(
            (
                (
                    "Lifted since August:",
                    "A-1049 setback made good · A-1068 moving again · A-1060 score "
                    "came in",
                ),
            )
        ),
        b.Section("By clinician", "alphabetical, for supervision; not a ranking"),
        b.Table(
            (
                b.Head("Clinician", share=0.6),
                b.Head("Open clients", "right", 0),
                b.Head("To look at together", share=2),
            ),
            tuple(
                (b.Cell(name), b.Cell(n), b.Cell(ids))
                for name, n, ids in (
                    ("L. Brandt", "22", "A-1093, A-1088, A-1026, A-0987"),
                    ("J. Castell", "19", "A-1108, A-1054, A-1097, A-1011, A-0994"),
                )
            ),
        ),
        b.Paragraph(
            "The lead sees client ids, no names. Groups of 1 to 7 are starred in "
            "every table that leaves the practice.",
            "grey",
        ),
    ]


def caseload() -> NotebookNode:
    return notebook(caseload_frame(), *caseload_1(), *caseload_2())
