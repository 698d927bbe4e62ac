"""Contract test: what must hold in every measure file, and in its records."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import analysis.measures as package
from analysis.errors import AnalysisError
from analysis.measures import (
    Measure,
    export_of,
    in_context,
    read_measures,
    scales,
)
from analysis.measures.checks import figures_of, problems_in
from analysis.measures.figures import SURE
from analysis.measures.reading import read_measure

MEASURES = read_measures()
SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(params=list(MEASURES))
def measure(request: pytest.FixtureRequest) -> Measure:
    return MEASURES[request.param]


def test_there_are_the_sixty_four_questionnaires_and_the_check_in() -> None:
    assert len(MEASURES) == 65
    assert "checkin" in MEASURES


def test_every_questionnaire_of_the_facts_is_there() -> None:
    facts = SHARED / "facts" / "measures.yaml"
    if not facts.exists():
        pytest.skip("the facts file stands beside the project, not in it")
    yaml = pytest.importorskip("yaml")
    entries = yaml.safe_load(facts.read_text(encoding="utf-8"))["measures"]
    for entry in entries:
        known = MEASURES[entry["id"]]
        assert [rule.id for rule in known.scores] == [s["id"] for s in entry["scores"]]
        for rule, fact in zip(known.scores, entry["scores"], strict=True):
            low, high = fact["range"]["value"]
            if low is not None:
                assert (rule.low, rule.high) == (low, high)
            first = [change["value"] for change in fact["reliable_change"][:1]]
            assert [change.value for change in rule.reliable_changes[:1]] == first


def test_a_file_is_named_after_its_measure(measure: Measure) -> None:
    assert (Path(package.__file__).parent / f"{measure.id}.toml").exists()


def test_nothing_in_a_measure_contradicts_itself(measure: Measure) -> None:
    assert problems_in(measure) == []


def test_bands_cover_the_range_without_a_gap(measure: Measure) -> None:
    for rule in measure.scores:
        for bands in rule.band_sets:
            lows = [band.low for band in bands.bands]
            assert lows[0] <= rule.low
            assert lows == sorted(lows)
            assert all(band.label.strip() for band in bands.bands)


def test_a_figure_names_its_sources_or_is_called_unverified(measure: Measure) -> None:
    for figure in figures_of(measure):
        assert figure.sure == SURE[figure.verified]
        needed = {"two-sources": 2, "one-source": 1}.get(figure.verified, 0)
        is_choice = getattr(figure, "basis", "") == "registry-choice"
        is_code = getattr(figure, "kind", "") == "answer"
        if not is_choice and not is_code:
            assert len(figure.sources) >= needed, figure


def test_every_source_is_described(measure: Measure) -> None:
    for source in measure.sources:
        assert source.what
        assert source.where


def test_sums_and_means_span_the_printed_range(measure: Measure) -> None:
    """The lowest and highest answers give the lowest and highest score."""
    factors = {"sum": 1, "sum_x2": 2, "sum_x4": 4, "mean": 1, "mean_x10": 10}
    factors |= {"mean_unreversed": 1, "item": 1}
    for rule in measure.scores:
        if rule.method not in factors:
            continue
        items = [measure.by_number[number] for number in rule.items]
        share = len(items) if rule.method.startswith("mean") else 1
        lowest = factors[rule.method] * sum(item.low for item in items) / share
        highest = factors[rule.method] * sum(item.high for item in items) / share
        assert lowest == pytest.approx(rule.low), rule.id
        assert highest == pytest.approx(rule.high), rule.id


def test_a_lookup_has_a_score_for_every_raw_sum(measure: Measure) -> None:
    for rule in measure.scores:
        if rule.method == "lookup":
            items = [measure.by_number[number] for number in rule.items]
            sums = range(
                int(sum(i.low for i in items)), int(sum(i.high for i in items)) + 1
            )
            assert list(rule.table) == list(sums)
            assert min(rule.table.values()) == rule.low
            assert max(rule.table.values()) == rule.high


def test_scale_ids_are_measure_and_score_in_lower_case(measure: Measure) -> None:
    for rule, scale in zip(measure.scores, measure.scales, strict=True):
        assert scale.id == f"{measure.id}.{rule.id}"
        assert scale.id == scale.id.lower()
        assert scale.low < scale.high
        assert scale.step > 0


def test_a_reliable_change_says_where_it_comes_from(measure: Measure) -> None:
    for scale in measure.scales:
        if scale.reliable_change is not None:
            assert scale.reliable_change > 0
            assert any(sure in scale.reliable_change_source for sure in SURE.values())


def test_item_text_is_shipped_only_where_the_licence_says_yes(measure: Measure) -> None:
    # words about an open answer or an extra question are ours, not the form's
    texts = [item.text for item in measure.items if item.labels or item.low_label]
    assert not texts or measure.licence.may_ship_item_text


def test_all_scale_ids_are_different() -> None:
    all_scales = scales(MEASURES)
    assert len(all_scales) == sum(len(m.scores) for m in MEASURES.values())


def test_screens_and_profiles_are_never_followed() -> None:
    all_scales = scales(MEASURES)
    for name in ("phq2", "gad2", "oci4", "mdq", "scoff", "brief_cope"):
        assert not any(s.followed for s in all_scales.values() if s.measure == name)
    for name in ("eq5d5l.profile", "eq5d5l.index", "core_om.risk", "who5.raw"):
        assert not all_scales[name].followed
    for name in ("phq9.total", "who5.percent", "eq5d5l.vas", "checkin.mood"):
        assert all_scales[name].followed


@pytest.mark.parametrize(
    ("scale", "caseness", "reliable_change", "source"),
    [
        ("phq9.total", 10, 6, "NHS Talking Therapies, read in two sources"),
        ("gad7.total", 8, 4, "NHS Talking Therapies, read in two sources"),
        ("pcl5.total", 32, 10, "NHS Talking Therapies, unverified"),
        ("oq45.total", 63, 14, "manual, read in two sources"),
        ("ors.total", 25, 5, "developers, unverified"),
    ],
)
def test_the_thresholds_that_decide_are_the_ones_named(
    scale: str, caseness: float, reliable_change: float, source: str
) -> None:
    known = scales(MEASURES)[scale]
    assert known.caseness is not None
    assert known.caseness.value == caseness
    assert known.reliable_change == reliable_change
    assert known.reliable_change_source == source


def test_caseness_by_age_and_gender_needs_both() -> None:
    measure = MEASURES["yp_core"]
    assert measure.scales[0].caseness is None
    assert in_context(measure, {"age": 12}).scales[0].caseness is None
    boy = in_context(measure, {"age": 12, "gender": "boy"}).scales[0]
    assert boy.caseness is not None
    assert boy.caseness.value == 10.3


def test_the_check_in_is_a_measure_like_the_others() -> None:
    checkin = MEASURES["checkin"]
    assert [item.id for item in checkin.items][:3] == [
        "mood",
        "worry_in_the_way",
        "sleep",
    ]
    assert len(checkin.items) == 17
    by_id = scales(MEASURES)
    assert by_id["checkin.mood"].higher_is == "better"
    assert by_id["checkin.worry_in_the_way"].higher_is == "worse"
    assert by_id["checkin.coping_skill_used"].high == 7
    assert by_id["checkin.step_back"].higher_is == "worse"
    assert [text.id for text in checkin.texts] == ["small_win", "step_back_note"]
    assert all(rule.signs for rule in checkin.scores)


def test_an_interval_of_the_practice_replaces_the_usual_one() -> None:
    assert scales(MEASURES)["phq9.total"].usual_interval_days == 7
    assert scales(MEASURES, {"phq9": 14})["phq9.total"].usual_interval_days == 14
    assert scales(MEASURES, {"phq9": 14})["gad7.total"].usual_interval_days == 7


@given(value=st.floats(-10, 120, allow_nan=False), name=st.sampled_from(list(MEASURES)))
@settings(max_examples=60, deadline=None)
def test_a_band_never_falls_when_the_score_rises(value: float, name: str) -> None:
    for scale in MEASURES[name].scales:
        labels = [band.label for band in scale.bands]
        here, above = scale.band(value), scale.band(value + 0.5)
        if here is not None and above is not None:
            assert labels.index(here) <= labels.index(above)


def test_one_measure_is_read_without_the_others() -> None:
    started = time.perf_counter()
    path = Path(package.__file__).parent / "phq9.toml"
    read_measure(path)
    assert time.perf_counter() - started < 0.5


def test_an_unknown_context_is_refused_and_names_what_there_is() -> None:
    with pytest.raises(AnalysisError, match="colour is none of age, sex"):
        in_context(MEASURES["phq9"], {"colour": "red"})
    with pytest.raises(AnalysisError, match="age must be: age in years"):
        in_context(MEASURES["phq9"], {"age": "young"})
    with pytest.raises(AnalysisError, match="self, parent, teacher"):
        in_context(MEASURES["sdq"], {"informant": "neighbour"})
    with pytest.raises(AnalysisError, match="order_a, order_b"):
        in_context(MEASURES["rses"], {"item_order": "c"})


def test_a_context_a_measure_has_no_use_for_changes_nothing() -> None:
    useless = {"age": 30, "sex": "f", "export": None, "bands": "alternative"}
    phq9 = in_context(MEASURES["phq9"], {**useless, "item_order": "a"})
    assert phq9.scales == MEASURES["phq9"].scales


def test_names_of_a_choice_may_be_shortened() -> None:
    short = {"bands": "three", "informant": "self 11-17"}
    context = in_context(MEASURES["sdq"], short).context
    assert (context["bands"], context["informant"]) == ("three_band", "self")
    assert in_context(MEASURES["rses"], {"item_order": "B"}).reversed_items[0] == 3
    epds = in_context(MEASURES["epds"], {"export": "answer position"})
    assert export_of(epds).name == "positions"
