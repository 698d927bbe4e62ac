"""A reliable change from the practice's own scores, where nobody published one."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analysis.analyse import analyse
from analysis.measures import read_measures, scales
from analysis.own_change import fit_own_changes, with_own_changes
from analysis.schema import TABLES
from analysis.settings import Settings

MEASURES = read_measures(None)
UNTIL = date(2026, 3, 31)
# ISI: seven items of 0 to 4, added up; no reliable change with a source.
ITEMS = 7


def answers(n: int, seed: int = 3) -> np.ndarray:
    """Answers at baseline: a row per client, a column per item."""
    random = np.random.default_rng(seed)
    level = random.normal(2, 0.8, (n, 1))
    return np.clip(np.rint(level + random.normal(0, 0.7, (n, ITEMS))), 0, 4)


def tables(first: np.ndarray, later: np.ndarray | None = None) -> dict:
    """Tidy tables of a practice: one form in January and one in March."""
    known = {n: t.empty() for n, t in TABLES.items() if not t.is_derived}
    names = [f"C{number:03d}" for number in range(len(first))]
    known["clients"] = pd.DataFrame({"client_id": names})
    forms, parts = [], []
    for day, sheet in (("2026-01-05", first), ("2026-03-02", later)):
        if sheet is None:
            continue
        ids = [f"{name}-{day}" for name in names]
        forms.append(
            pd.DataFrame(
                {
                    "administration_id": ids,
                    "client_id": names,
                    "measure": "isi",
                    "date": pd.Timestamp(day).as_unit("s"),
                }
            )
        )
        parts.append(
            pd.DataFrame(
                {
                    "administration_id": np.repeat(ids, ITEMS),
                    "item": np.tile(np.arange(1, ITEMS + 1), len(ids)),
                    "response": sheet.ravel(),
                }
            )
        )
    whole = {"administrations": forms, "responses": parts}
    for name, found in whole.items():
        rows = pd.concat(found, ignore_index=True)
        empty = TABLES[name].empty()
        known[name] = rows.reindex(columns=empty.columns).astype(
            {c: empty[c].dtype for c in empty.columns if c not in ("item", "response")}
        )
    filled = known["clients"].reindex(columns=TABLES["clients"].empty().columns)
    empty = TABLES["clients"].empty()
    known["clients"] = filled.astype({c: empty[c].dtype for c in empty.columns})
    return known


def analysed(first: np.ndarray, later: np.ndarray | None = None) -> dict:
    return analyse(tables(first, later), MEASURES, Settings(), UNTIL)


def by_hand(first: np.ndarray) -> float:
    """1.96 sqrt(2) SD sqrt(1 - alpha), alpha from item and total variances."""
    item, total = first.var(axis=0, ddof=1).sum(), first.sum(axis=1).var(ddof=1)
    alpha = ITEMS / (ITEMS - 1) * (1 - item / total)
    return 1.959963984540054 * np.sqrt(2 * total * (1 - alpha))


def own(models: pd.DataFrame) -> pd.DataFrame:
    return models[models["kind"] == "reliable_change"].set_index("parameter")


def test_fifty_baselines_give_a_reliable_change_of_their_own() -> None:
    first = answers(50)
    found = own(analysed(first)["models"])
    assert found.loc["reliable_change", "value"] == pytest.approx(by_hand(first))
    assert found.loc["reliable_change", "n_episodes"] == 50
    assert found.loc["reliable_change", "scale"] == "isi.total"


def test_forty_nine_do_not() -> None:
    found = analysed(answers(49), answers(49))
    assert not len(own(found["models"]))
    assert found["changes"]["reliable_improvement"].isna().all()


def test_only_the_first_form_of_an_episode_counts() -> None:
    first = answers(60)
    found = own(analysed(first, np.zeros_like(first))["models"])
    assert found.loc["reliable_change", "value"] == pytest.approx(by_hand(first))


def test_changes_are_judged_with_it_and_its_name_says_whose_it_is() -> None:
    first = answers(60)
    found = analysed(first, np.clip(first - 2, 0, 4))
    points = by_hand(first)
    changes = found["changes"]
    np.testing.assert_allclose(changes["reliable_change"], points)
    expected = changes["gain"] >= points
    assert (changes["reliable_improvement"] == expected).all()
    assert expected.any()
    scale = with_own_changes(scales(MEASURES), found["models"])["isi.total"]
    assert scale.reliable_change == pytest.approx(points)
    words = scale.reliable_change_source
    assert words == "from this practice's own scores, n = 60"


def test_a_published_reliable_change_is_never_replaced() -> None:
    models = pd.DataFrame(
        {
            "kind": "reliable_change",
            "scale": ["phq9.total", "gone.total"],
            "fitted_on": pd.Timestamp(UNTIL),
            "n_episodes": 99,
            "parameter": "reliable_change",
            "value": 1.0,
        }
    )
    known = scales(MEASURES)
    assert with_own_changes(known, models) == dict(known)


def test_an_incomplete_form_counts_neither_for_sd_nor_for_consistency() -> None:
    first = answers(51)
    gappy = first.copy()
    gappy[0, 2] = np.nan
    found = own(analysed(gappy)["models"])
    assert found.loc["reliable_change", "n_episodes"] == 50
    assert found.loc["reliable_change", "value"] == pytest.approx(by_hand(first[1:]))


@pytest.mark.parametrize("level", [0.0, 2.0])
def test_the_same_answer_from_everybody_tells_nothing(level: float) -> None:
    assert not len(own(analysed(np.full((60, ITEMS), level))["models"]))


def test_items_that_all_say_the_same_have_no_error_to_speak_of() -> None:
    # a consistency of 1 would call one point reliable
    same = np.repeat(answers(60)[:, :1], ITEMS, axis=1)
    assert not len(own(analysed(same)["models"]))


def test_no_rows_have_no_reliable_change() -> None:
    empty = {n: t.empty() for n, t in TABLES.items()}
    found = fit_own_changes(empty, MEASURES, scales(MEASURES), UNTIL)
    assert not len(found)
