"""Sites tell their network what may leave them, and no more."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from caseload_tables import SCALES, Course, tables_of

from analysis.__main__ import main
from analysis.caseload import caseload_period
from analysis.caseload.network import network_of
from analysis.caseload.summary import read_summary, site_summary, summary_text
from analysis.errors import AnalysisError
from analysis.settings import Settings

SINCE, UNTIL = date(2025, 7, 1), date(2026, 6, 30)
WAYS = {"improved": (18, 12, 8), "unchanged": (14, 13, 14), "deteriorated": (12, 18)}


def site(
    name: str, improved: int, unchanged: int, worse: int, second: tuple[int, ...] = ()
) -> dict:
    """The summary of a site with so many courses; `second`: of another
    programme, improved and unchanged."""
    numbers = {"improved": improved, "unchanged": unchanged, "deteriorated": worse}
    courses = [
        Course(f"{name}-{way}-{i}", "2026-03-02", "2026-03-27", phq9=WAYS[way])
        for way, n in numbers.items()
        for i in range(n)
    ]
    courses += [
        Course(f"{name}-2-{way}-{i}", "2026-03-02", "2026-03-27", phq9=WAYS[way],
               programme="B")
        for way, n in zip(WAYS, second, strict=False)
        for i in range(n)
    ]  # fmt: skip
    return site_summary(period(courses, share=True), name)


def period(courses: list[Course], *, share: bool):
    return caseload_period(
        tables_of(courses, UNTIL), SCALES, Settings(),
        since=SINCE, until=UNTIL, share=share,
    )  # fmt: skip


SITES = {"North": (60, 30, 10), "South": (45, 45, 10), "East": (80, 30, 15)}


def test_the_network_is_pooled_over_sites_in_order_of_their_names() -> None:
    network = network_of([site(name, *n) for name, n in SITES.items()])
    assert network.sites == ("East", "North", "South")
    first, *own = [r for r in network.rates if r.outcome == "reliable_improvement"]
    assert [r.rate and (r.rate.count, r.rate.of) for r in own] == [
        (80, 125), (60, 100), (45, 100),
    ]  # fmt: skip
    assert first.rate is not None
    assert (first.rate.count, first.rate.of) == (185, 325)
    # between the smallest and the largest, and wider than 185 of 325 alone
    assert first.share is not None
    assert 0.45 < first.share < 0.64
    assert first.low is not None
    assert first.low < 0.51
    assert first.pooled is not None
    assert first.pooled.n_sites == 3


def test_gains_come_from_sums_and_sums_of_squares() -> None:
    # 60 gained 10, 30 lost or gained none, 10 lost 6: mean 5.4
    (gain,) = site("North", *SITES["North"])["gains"]
    assert gain["n"] == 100
    mean = gain["sum"] / gain["n"]
    assert mean == pytest.approx(5.4, abs=2 * gain["step"])
    squares = (60 * 10**2 + 30 * 0**2 + 10 * 6**2) / 100
    assert gain["sum_of_squares"] / 100 == pytest.approx(squares, rel=0.15)
    # one person's whole range in a hundred
    assert gain["step"] == pytest.approx(27 / 100)


def test_what_a_site_starred_stays_unknown_in_the_network() -> None:
    small = site("Tiny", 9, 3, 2)
    network = network_of([small, *(site(name, *n) for name, n in SITES.items())])
    improved = [r for r in network.rates if r.outcome == "reliable_improvement"]
    assert [r.rate is None for r in improved] == [False, False, False, False, True]
    assert improved[0].rate is not None
    assert improved[0].rate.of == 325  # without Tiny, which no subtraction finds


def test_a_summary_names_nobody_and_holds_no_small_count() -> None:
    text = summary_text(site("North", 60, 30, 3, (30, 20)))
    assert "North-improved" not in text
    found = json.loads(text)
    rows = [*found["stages"], *found["outcomes"]]
    counts = [v for row in rows for v in row.values() if isinstance(v, int)]
    assert counts
    assert not [n for n in counts if 0 < n < 8 or n % 5]
    worse = [r for r in found["outcomes"] if r["outcome"] == "reliable_deterioration"]
    assert worse[0]["count"] is None


def test_two_months_of_a_site_do_not_give_one_persons_gain() -> None:
    # one person joins, with a gain of 10: exact sums would tell
    before, after = (site("North", n, 30, 10)["gains"][0] for n in (60, 61))
    assert before["n"] == after["n"]
    apart = after["sum"] - before["sum"]
    # what is left is a whole number of one person's range: 0 or about 27, never 10
    assert apart == pytest.approx(round(apart / 27) * 27, abs=1e-6)


def test_only_what_may_leave_becomes_a_summary() -> None:
    own = period([Course("A", "2026-03-02", "2026-03-27", phq9=(18, 8))], share=False)
    with pytest.raises(AnalysisError, match="--share"):
        site_summary(own, "North")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "x"}, "no site summary"),
        ({"version": 0}, "another version"),
        ({"stages": [{}]}, "damaged"),
        ({"smallest": 30}, "should not have left"),
    ],
)
def test_what_is_no_safe_summary_is_refused(change: dict, message: str) -> None:
    text = json.dumps({**site("North", 60, 30, 10), **change})
    with pytest.raises(AnalysisError, match=message):
        read_summary(text, "north.json")


def test_sites_of_one_name_or_other_months_are_refused() -> None:
    north = site("North", 60, 30, 10)
    with pytest.raises(AnalysisError, match="two sites or more"):
        network_of([north])
    with pytest.raises(AnalysisError, match="carry the name"):
        network_of([north, north])
    other = {**site("South", 60, 30, 10), "since": "2025-06-01"}
    with pytest.raises(AnalysisError, match="different months"):
        network_of([north, other])


def test_folders_of_sites_give_one_pdf_and_a_table(tmp_path: Path, capsys) -> None:
    for name, numbers in SITES.items():
        folder = tmp_path / name / "2026-06" / "caseload"
        folder.mkdir(parents=True)
        summary = site("=1+1" if name == "East" else name, *numbers)
        (folder / "caseload-share.json").write_text(summary_text(summary))
    sources = [str(tmp_path / name) for name in SITES]
    common = ["--settings", str(tmp_path / "none.toml"), "--out", str(tmp_path / "out")]
    assert main(["network", *sources, *common]) == 0
    assert (tmp_path / "out" / "network.pdf").read_bytes()[:4] == b"%PDF"
    text = (tmp_path / "out" / "network.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert {row["site"] for row in rows} == {"", "'=1+1", "North", "South"}
    assert rows[0]["level"] == "network"
    assert main(["network", str(tmp_path / "nobody"), *common]) == 2
    assert "holds no caseload-share.json" in capsys.readouterr().err


def test_an_object_store_is_read_through_fsspec(tmp_path: Path) -> None:
    fsspec = pytest.importorskip("fsspec", reason="pip install cairn[cluster]")
    store = fsspec.filesystem("memory")
    for name, numbers in SITES.items():
        path = f"/network/{name}/caseload-share.json"
        store.pipe(path, summary_text(site(name, *numbers)).encode())
    out = tmp_path / "out"
    settings = str(tmp_path / "none.toml")
    said = ["network", "memory://network", "--settings", settings, "--out", str(out)]
    assert main(said) == 0
    assert (out / "network.pdf").exists()
