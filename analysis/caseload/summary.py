"""What one site tells its network: the counts that leave it, and nothing of a client.

A site summary is made of a shared period alone (see disclosure), so it says no more
than the shared report does: counts rounded and starred, means and SDs in steps that no
single person shows in, with the sums and sums of squares that follow from these.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from analysis.caseload.moments import step_of
from analysis.caseload.outcomes import PARTS, STAGE_COLUMNS
from analysis.caseload.records import CaseloadPeriod, EffectSize, OutcomeRate, Stages
from analysis.errors import AnalysisError

FORMAT = "cairn-site-summary"
VERSION = 1


def site_summary(period: CaseloadPeriod, site: str) -> dict[str, Any]:
    """The summary of a shared period, ready for JSON.

    Raises AnalysisError for a period that is not shared: its counts stay at the site.
    """
    if not period.is_shared:
        raise AnalysisError(
            "A site summary is made of what may leave the site only. Add --share."
        )
    rates = (*period.outcomes, *period.outcomes_by_programme)
    return {
        "format": FORMAT,
        "version": VERSION,
        "site": site,
        "since": period.since.isoformat(),
        "until": period.until.isoformat(),
        "rule": period.rule.id,
        "rounded_to": period.counts_rounded_to,
        "smallest": period.settings.thresholds.suppress_cells_below,
        "least_for_rates": period.settings.thresholds.suppress_rates_below,
        "stages": [
            _stages(one) for one in (period.stages, *period.stages_by_programme)
        ],
        "outcomes": [_outcome(rate, period.rule.id) for rate in rates]
        + [_outcome(rate, period.diff.other_rule) for rate in period.other_outcomes],
        "gains": [_gain(size) for size in period.effect_sizes if size.by == "change"],
    }


def summary_text(summary: Mapping[str, Any]) -> str:
    """As it is written: the same summary, the same text."""
    return json.dumps(summary, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _stages(one: Stages) -> dict[str, Any]:
    names = [name for name in STAGE_COLUMNS if name != "open_recent"]
    counts = {name: getattr(one, name) for name in names}
    recent = None if one.recent is None else one.recent.count
    return {"programme": one.programme, **counts, "open_recent": recent}


def _outcome(rate: OutcomeRate, rule: str) -> dict[str, Any]:
    known = rate.rate
    return {
        "rule": rule,
        "outcome": rate.outcome,
        "programme": rate.programme,
        "count": None if known is None else known.count,
        "of": None if known is None else known.of,
        "missing": rate.n_missing,
    }


def _gain(size: EffectSize) -> dict[str, Any]:
    """Gain in points: n, its sum and its sum of squares, as coarse as n is."""
    n, mean, sd = size.n, size.mean_gain, size.sd
    return {
        "scale": size.scale.id,
        "label": f"{size.scale.label} ({size.scale.instrument})",
        "n": n,
        "sum": n * mean,
        "sum_of_squares": (n - 1) * sd**2 + n * mean**2,
        "step": step_of(size.scale, n),
        "reliable_change": size.scale.reliable_change,
    }


def read_summary(text: str, name: str) -> dict[str, Any]:
    """Read one summary and refuse what is none, or what holds too small a count.

    name: where it came from, for the message. Raises AnalysisError.
    """
    try:
        found = json.loads(text)
    except json.JSONDecodeError as problem:
        raise AnalysisError(f"{name} is no JSON. Ask the site to send it again.") from (
            problem
        )
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise AnalysisError(
            f"{name} is no site summary. A site writes one with "
            "`python -m analysis caseload --share`."
        )
    if found.get("version") != VERSION:
        raise AnalysisError(
            f"{name} was written by another version ({found.get('version')}; this is "
            f"{VERSION}). Make both the same."
        )
    _refuse_small(found, name)
    return found


def _refuse_small(found: Mapping[str, Any], name: str) -> None:
    """A count that should have been starred does not enter the network's report."""
    try:
        date.fromisoformat(found["since"]), date.fromisoformat(found["until"])
        counts = [row[key] for row in found["stages"] for key in STAGE_COLUMNS]
        counts += [row[k] for row in found["outcomes"] for k in ("count", "of")]
        counts += [row["n"] for row in found["gains"]]
        known = {row["outcome"] for row in found["outcomes"]} <= set(PARTS)
        too_small = [c for c in counts if c is not None and 0 < c < found["smallest"]]
    except (KeyError, TypeError, ValueError) as problem:
        raise AnalysisError(
            f"{name} is damaged. Ask the site to send it again."
        ) from problem
    if too_small or not known or found["smallest"] < 1:
        raise AnalysisError(
            f"{name} holds counts that should not have left the site: it is not used. "
            "Ask the site to make it with `python -m analysis caseload --share`."
        )
