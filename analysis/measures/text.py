"""The list of measures and the page of one, for the terminal and for the docs."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from analysis.measures.describing import (
    sections,
    short_caseness,
    short_range,
    short_reliable_change,
)
from analysis.measures.record import Measure

_HEADINGS = ("id", "name", "about", "range", "case", "change")
_LEGEND = (
    "case: the cut-off that decides who counts as a clinical case; change: points of "
    "reliable change; ?: unverified, check before relying on it."
)


def measures_overview(measures: Mapping[str, Measure]) -> str:
    """One line a measure, for the terminal."""
    rows = [_HEADINGS, *(_row(measure) for measure in measures.values())]
    widths = [max(len(row[n]) for row in rows) for n in range(len(_HEADINGS))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    return "\n".join(
        [
            f"{len(measures)} measures. `python -m analysis measures phq9` prints one "
            "with its sources.",
            "",
            *(line.rstrip() for line in lines),
            "",
            _LEGEND,
        ]
    )


def _row(measure: Measure) -> tuple[str, ...]:
    rule = measure.headline
    return (
        measure.id,
        measure.instrument + (" (own)" if measure.is_own else ""),
        rule.label,
        short_range(rule),
        short_caseness(measure, rule),
        short_reliable_change(rule),
    )


def measure_page(measure: Measure) -> str:
    """Everything a measure's file says, with sources and how sure, for the terminal."""
    parts = [f"{measure.instrument}: {measure.name} ({measure.id})"]
    for section in sections(measure):
        parts += ["", section.title]
        parts += [_wrapped(line) for line in section.lines]
    return "\n".join(parts)


def _wrapped(line: str) -> str:
    return textwrap.fill(
        line,
        width=88,
        initial_indent="  ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def measures_markdown(measures: Mapping[str, Measure]) -> str:
    """The reference page of all measures, for the docs."""
    rows = [_HEADINGS, ("---",) * len(_HEADINGS)]
    rows += [_linked(measure) for measure in measures.values()]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    pages = "\n\n".join(_markdown_page(measure) for measure in measures.values())
    return f"# Measures\n\n{_INTRO}\n{table}\n\n{_LEGEND}\n\n{_CONVENTIONS}\n{pages}\n"


def _linked(measure: Measure) -> tuple[str, ...]:
    first, *others = _row(measure)
    return (f"[{first}](#{first})", *others)


def _markdown_page(measure: Measure) -> str:
    parts = [f"## {measure.id}", f"**{measure.instrument}**: {measure.name}"]
    for section in sections(measure):
        listed = "\n".join(f"- {_safe(line)}" for line in section.lines)
        parts += [f"### {section.title}", listed]
    return "\n\n".join(parts)


def _safe(line: str) -> str:
    # "[read in …]" would be a link, "<" a tag
    return line.replace("[", r"\[").replace("]", r"\]").replace("<", "&lt;")


_INTRO = """\
A measure is a file in `analysis/measures`, one for each questionnaire: how it is
scored, bands, cut-offs, reliable change, risk items, licence and codes. Every figure
says where it was read. "Read in two sources" and "read in one source" mean what they
say; "unverified" means from general knowledge: check it before relying on it. The
wording of items is shipped only where the licence allows it.

## Your own measure

Put one TOML file into a folder and name the folder in settings.toml:

```toml
[measures]
folder = "measures"
```

A measure of which your exports hold totals only needs no items:

```toml
id = "bdi2"                      # lower case; totals come as bdi2_total
name = "Beck Depression Inventory-II"
instrument = "BDI-II"            # the name on reports

[[scores]]
id = "total"
label = "Depression"             # the heading on reports
low = 0
high = 63
higher_is = "worse"              # or "better"; "neither" for a profile

[[scores.bands]]
list = [[0, "minimal"], [14, "mild"], [20, "moderate"], [29, "severe"]]
sources = ["manual"]
verified = "one-source"          # or "two-sources"; without it: printed "unverified"

[[scores.cutoffs]]
id = "moderate"
op = ">="
value = 20
meaning = "moderate depression"

[sources.manual]
what = "Beck, Steer, Brown 1996, manual"
where = "p. 11"
```

With items, add `[items]` (`count`, `min`, `max`), and `[missing]`, `[reversed]`,
`[[risk]]` where they are needed; the shipped files show all that is possible. A key
that is not known is refused with the keys that are allowed.
"""

_CONVENTIONS = """\
## How scores come about

- **ok**: all items answered. **prorated**: some skipped, within the rule of the score.
  **incomplete**: too many skipped, no score. **invalid**: an answer outside the allowed
  values; no score that uses it is given, and the answer is reported. A score that is
  missing is never 0.
- The status of a form is that of its headline score; of a form without a total
  (DASS-21, PANAS, Brief COPE, check-in) the worst of its scores; any answer that is not
  allowed makes it invalid.
- Scores keep their decimals unless the rule says "rounded half up" (2.5 becomes 3).
- A band is the last one that starts at or below the unrounded score; cut-offs compare
  the unrounded score.
- Items are reversed first, then skipped ones are filled. Risk items always look at the
  raw answer and need no total: yes, no, or unknown when the item is not answered.
- `score` gives a flag for each cut-off and each rule that is no sum, named by its id.
  Ids say what the cut-off means: `nhs_caseness`, `positive_screen`, `clinical_range`;
  scores other than the headline put their own id in front
  (`anxiety_positive_screen`). Cut-offs that depend on age or sex share one id.
- Exported totals count only where items are absent or cannot be scored.
"""
