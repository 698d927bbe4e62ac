"""The list of measures and the page of one."""

from __future__ import annotations

from analysis.measures import (
    measure_page,
    measures_markdown,
    measures_overview,
    read_measures,
)

MEASURES = read_measures()


def test_the_overview_has_a_line_for_every_measure() -> None:
    text = measures_overview(MEASURES)
    for measure in MEASURES.values():
        assert f"\n{measure.id} " in text


def test_the_overview_marks_what_is_unverified() -> None:
    lines = measures_overview(MEASURES).splitlines()
    pcl5 = next(line for line in lines if line.startswith("pcl5 "))
    phq9 = next(line for line in lines if line.startswith("phq9 "))
    assert pcl5.split()[-3:] == ["≥", "32?", "10?"]
    assert phq9.split()[-3:] == ["≥", "10", "6"]


def test_a_page_prints_every_figure_with_how_sure_it_is() -> None:
    page = " ".join(measure_page(MEASURES["phq9"]).split())
    assert "0–4 minimal, 5–9 mild, 10–14 moderate" in page
    assert "Reliable change: 6 points, NHS Talking Therapies (England, adults)" in page
    assert "[read in two sources: bmc_mindstep, nct05134103]" in page
    assert "Cronbach's alpha: 0.86 to 0.89 [unverified]" in page
    assert "item 9 from answer 1: thoughts of death or self-harm" in page
    assert "loinc 44261-6: score total" in page


def test_a_page_describes_every_source_it_names() -> None:
    for measure in MEASURES.values():
        page = measure_page(measure)
        for source in measure.sources:
            assert f"{source.key}: " in page


def test_decimal_bands_do_not_pretend_to_be_whole_numbers() -> None:
    page = " ".join(measure_page(MEASURES["brs"]).split())
    assert "from 3 to below 4.31 normal" in page


def test_lines_fit_a_terminal() -> None:
    for measure in MEASURES.values():
        body = measure_page(measure).splitlines()[1:]
        long = [line for line in body if len(line) > 88]
        assert all(max(map(len, line.split())) > 40 for line in long)  # an address


def test_markdown_has_a_section_for_every_measure() -> None:
    page = measures_markdown(MEASURES)
    for name in MEASURES:
        assert f"\n## {name}\n" in page
        assert f"[{name}](#{name})" in page
