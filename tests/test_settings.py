"""settings.toml: every key known, every mistake told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.errors import AnalysisError
from analysis.settings import Settings, read_settings

SHIPPED = Path(__file__).parents[1] / "settings.toml"


def written(folder: Path, text: str) -> Path:
    path = folder / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_file_is_readable_and_says_the_defaults() -> None:
    settings = read_settings(SHIPPED)
    default = Settings()
    assert settings.practice == default.practice
    assert settings.thresholds == default.thresholds
    assert settings.reports == default.reports


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    settings = read_settings(tmp_path / "none.toml")
    assert settings == Settings(folder=tmp_path)


def test_what_a_practice_sets_is_taken(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        '[practice]\nname = "Harbour Street"\n[clinicians]\n"C-1" = "M. Okafor"\n'
        "[intervals]\nphq9 = 14\n[thresholds]\noverdue_intervals = 3\n",
    )
    settings = read_settings(path)
    assert settings.practice.name == "Harbour Street"
    assert settings.clinician_name("C-1") == "M. Okafor"
    assert settings.clinician_name("C-2") == "C-2"
    assert settings.intervals == {"phq9": 14}
    assert settings.thresholds.overdue_intervals == 3.0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[practise]\nname = 'x'", r"unknown section \[practise\]"),
        ("[practice]\nnaem = 'x'", r"unknown key naem in \[practice\]"),
        ("[practice]\nname = 7", "must be text in quotes"),
        ("[thresholds]\nsetback = 'high'", "must be a number"),
        ("[thresholds]\nplateau_min_scores = true", "must be a whole number"),
        ("[reports]\nencrypt = 1", "must be true or false"),
        ("[reports]\ncaseload_rule = 'oq'", "must be one of nhs, corc"),
        ("[reports]\naudiences = ['lead']", "takes clinician, client or both"),
        ("[reports]\naudiences = []", "takes clinician, client or both"),
        ("[practice]\ntimezone = 'Harbour'", "must be a name such as Europe/London"),
        ("[practice]\npaper = 'A3'", "must be one of A4, Letter"),
        ("[intervals]\nphq9 = 0", "whole days above 0"),
        ("[clinicians]\nC1 = 4", "takes lines such as"),
        ("[measures]\nfile = 'x'", r"unknown key file in \[measures\]"),
        ("practice = 3", r"must be a section \[practice\]"),
        ("[practice\nname = 'x'", "cannot be read"),
        ("[thresholds]\nsetback = nan", "must lie between 0 and 40,000"),
        ("[thresholds]\nsetback = inf", "must lie between 0 and 40,000"),
        ("[thresholds]\nepisode_gap_days = -5", "must lie between 0 and 40,000"),
        ("[thresholds]\nepisode_gap_days = 99999999999999999999", "between 0 and"),
        ("[intervals]\nphq9 = 99999999999999999999", "whole days above 0"),
    ],
)
def test_a_mistake_is_told_with_what_is_allowed(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(AnalysisError, match=said):
        read_settings(written(tmp_path, text))


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, "[practice]\nnaem = 'x'\n[reports]\nencrypt = 1\n")
    with pytest.raises(AnalysisError, match=r"2 problem\(s\)"):
        read_settings(path)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(b"\xff\xfe\x00bad")
    with pytest.raises(AnalysisError, match="cannot be read"):
        read_settings(path)
