"""Several measures, one outcome: the NHS and CORC rules on every combination."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest

from analysis.methods.measure_rules import (
    CORC,
    NHS,
    RULES,
    categories,
    judge_episodes,
    method_diff,
)


def change(episode: str, scale: str, way: str, case: str, n: int = 3) -> dict:
    """way: better, same or worse; case: at first then last, as "yes no"."""
    first, last = (word == "yes" for word in case.split())
    return {
        "episode_id": episode,
        "scale": scale,
        "n_scores": n,
        "reliable_change": 6.0,
        "reliable_improvement": way == "better",
        "reliable_deterioration": way == "worse",
        "is_case_at_baseline": first,
        "is_case_now": last,
    }


def judged(rule, *rows: dict) -> pd.Series:
    return judge_episodes(pd.DataFrame(rows), rule).loc["e"]


WAYS = ("better", "same", "worse")
NHS_SAYS = {
    ("better", "better"): "improved",
    ("better", "same"): "improved",
    ("better", "worse"): "unchanged",
    ("same", "same"): "unchanged",
    ("same", "worse"): "deteriorated",
    ("worse", "worse"): "deteriorated",
}
CORC_SAYS = NHS_SAYS | {("better", "worse"): "deteriorated"}


@pytest.mark.parametrize("ways", list(itertools.product(WAYS, WAYS)))
@pytest.mark.parametrize(("rule", "says"), [(NHS, NHS_SAYS), (CORC, CORC_SAYS)])
def test_every_pair_of_changes_falls_into_exactly_one_kind(rule, says, ways) -> None:
    verdict = judged(
        rule,
        change("e", "phq9.total", ways[0], "yes yes"),
        change("e", "gad7.total", ways[1], "yes yes"),
    )
    expected = says[tuple(sorted(ways, key=WAYS.index))]
    kinds = ("improved", "unchanged", "deteriorated")
    assert [kind for kind in kinds if verdict[kind]] == [expected]


@pytest.mark.parametrize(
    ("phq9", "gad7", "recovered"),
    [
        ("yes no", "no no", True),
        ("yes no", "yes no", True),
        ("yes no", "yes yes", False),
        ("yes no", "no yes", False),
        ("no no", "no no", False),
    ],
)
def test_recovered_is_above_one_cut_off_first_and_none_at_last(phq9, gad7, recovered):
    # "6 or more on PHQ-9 and 4 or more on GAD-7" is a wrong version met in the wild
    verdict = judged(
        NHS,
        change("e", "phq9.total", "better", phq9),
        change("e", "gad7.total", "same", gad7),
    )
    assert bool(verdict["recovered"]) is recovered
    assert bool(verdict["reliably_recovered"]) is recovered


def test_one_score_is_no_pair_and_no_outcome() -> None:
    verdict = judged(NHS, change("e", "phq9.total", "same", "yes yes", n=1))
    assert not verdict[["is_paired", "improved", "unchanged", "recovered"]].any()
    assert verdict["at_case"]


def test_an_unknown_cut_off_is_neither_a_case_nor_a_recovery() -> None:
    row = change("e", "phq9.total", "better", "yes no")
    row |= {"is_case_at_baseline": None, "is_case_now": None}
    verdict = judged(NHS, row)
    assert verdict["improved"]
    assert not verdict[["recovered", "at_case", "caseness_known"]].any()


def test_the_rules_carry_name_and_source() -> None:
    assert all(rule.name and rule.source for rule in RULES.values())


def test_who_changes_category_under_another_rule_is_listed_by_id() -> None:
    rows = [
        change("a", "phq9.total", "better", "yes no"),
        change("a", "gad7.total", "worse", "yes no"),
        change("b", "phq9.total", "better", "yes no"),
        change("c", "phq9.total", "same", "yes yes", n=1),
    ]
    one, other = (
        categories(judge_episodes(pd.DataFrame(rows), rule)) for rule in (NHS, CORC)
    )
    assert one.to_dict() == {
        "a": "unchanged",
        "b": "reliably_recovered",
        "c": "not_paired",
    }
    diff = method_diff(one, other)
    assert diff.values.tolist() == [["unchanged", "deteriorated", 1, ("a",)]]
    assert method_diff(one, one).empty
    gone = method_diff(one, other.drop("b"))
    assert ["reliably_recovered", "not judged", 1, ("b",)] in gone.values.tolist()
