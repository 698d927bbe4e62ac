"""The handout of the invented client A-1042."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode

from analysis import blocks as b
from page_samples.parts import notebook, panel, progress_frame
from page_samples.progress import progress_3


def handout_frame(**changes: Any) -> b.Page:
    return progress_frame(
        **{
            "kind": "handout",
            "title": "How things are going, September 2026",
            "header": "September 2026",
            "footer_left": "Made for Client A-1042 · private · Harbour Street Therapy",
            "footer_right": "Scores up to 30 September 2026 · made 1 October 2026",
            "is_confidential": False,
            **changes,
        }
    )


def handout() -> list[Any]:
    goals = [block for block in progress_3() if isinstance(block, b.Ladder)]
    titles = [
        "Bus to work, two mornings a week",
        "Asleep by 23:30, five nights a week",
        "See or call a friend each week",
    ]
    ladders = tuple(
        b.Ladder(
            title,
            None,
            steps=goal.steps,
            summary=goal.summary,
            next_step=goal.next_step,
        )
        for title, goal in zip(titles, goals, strict=True)
    )
    return [
        b.Headline(
            "How things are going",
            "Your mood is much lighter than in April, and you have reached a goal. "
            "Worry is "
            "lower too, and has been level since August.",
        ),
        b.Section("What has changed since we started"),
        b.Chart("", panel("Your low mood score went from 18 to 6.", 176, 66)),
        b.Paragraph(
            "Each score comes from the questions you fill in before our sessions. Bad "
            "memories also trouble you less than they did. June was a hard month, "
            "and you "
            "found your way back."
        ),
        b.Columns(
            (
                b.Section("Small wins to enjoy"),
                b.Wins(
                    (
                        b.Win("The whole way by bus, with a friend."),
                        b.Win("You see or call a friend each week."),
                        b.Win("Your big step in July has held."),
                    )
                ),
                b.Section("What you are doing"),
                b.Paragraph(
                    "You now use what you have learned on 4 to 5 days a week. You "
                    "also notice your thoughts on most days."
                ),
                b.Section("How things are going between us"),
                b.Paragraph(
                    "You tell us that you feel heard and that the sessions help. "
                    "If that ever changes, please say so, because it helps us "
                    "both."
                ),
            ),
            (
                b.Section("Your goals"),
                *ladders,
                b.Section("A level stretch is part of the way"),
                b.Paragraph(
                    "Worry has stayed level for 8 weeks. Many people have a "
                    "stretch like this. It is a good place to stop, look around "
                    "and choose the next path together."
                ),
            ),
            split=(6, 6),
        ),
        b.Box(
            (
                (
                    "One question to bring along",
                    "When was worry a little quieter this month, and what was "
                    "different?",
                ),
            ),
            "blue",
            at_foot=True,
        ),
        b.Box(
            (
                (
                    "If you do not feel safe,",
                    "call your local emergency number now. In office hours you can "
                    "call us on 01632 960 142. You do not have to wait for your "
                    "next session.",
                ),
            ),
            "ink",
            at_foot=True,
        ),
    ]


def handout_notebook() -> NotebookNode:
    return notebook(handout_frame(), *handout())
