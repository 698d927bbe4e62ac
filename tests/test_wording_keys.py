"""Every line the pages ask for exists, and says nothing a reader should not hear."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analysis.wording import AUDIENCES, read_wording

PACKAGE = Path(__file__).parents[1] / "analysis"
_ASKED = re.compile(r"""\bsentence\(\s*(f?)"([^"]+)\"""")


def _asked() -> set[str]:
    """Keys written in the code; a placeholder in a key stands for anything."""
    found = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        for is_pattern, key in _ASKED.findall(path.read_text(encoding="utf-8")):
            pattern = re.escape(key)
            if is_pattern:
                pattern = re.sub(r"\\\{[^}]*\\\}", ".+", pattern)
            found.add(pattern)
    return found


KEYS = {key for audience in AUDIENCES for key in read_wording(audience).lines}


@pytest.mark.parametrize("pattern", sorted(_asked()))
def test_a_line_the_code_asks_for_exists(pattern):
    assert any(re.fullmatch(pattern, key) for key in KEYS)


def _texts(audience: str, language: str = "en") -> list[str]:
    found: list[str] = []

    def collect(template) -> None:
        if hasattr(template, "options"):
            for option in template.options.values():
                collect(option)
            return
        parts = (
            (literal, "…" if field else "") for literal, field, _ in template.parts
        )
        found.append("".join(part for pair in parts for part in pair))

    for template in read_wording(audience, language).lines.values():
        collect(template)
    return found


@pytest.mark.parametrize("audience", AUDIENCES)
def test_nobody_is_called_a_failure(audience):
    blame = re.compile(
        r"\b(fail\w*|non-?respon\w+|resistan\w+|noncomplian\w+|refus\w+)\b",
        re.IGNORECASE,
    )
    for text in _texts(audience):
        assert not blame.search(text), text


def test_a_lead_is_given_no_league_table():
    league = re.compile(r"\b(best|worst|top|bottom|rank\w*|league|score card)\b", re.I)
    allowed = "alphabetical, for supervision; not a ranking"
    for text in _texts("lead"):
        assert text == allowed or not league.search(text), text


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_line_ends_without_blanks_and_has_no_double_stop(audience):
    for text in _texts(audience):
        assert not re.search(r"\.\.|  | $|^ ", text), text


@pytest.mark.parametrize("audience", ["clinician", "client"])
def test_a_percent_sign_and_its_number_are_never_parted(audience):
    for language in ("en", "de"):
        for text in _texts(audience, language):
            assert not re.search(r"\d %", text), text
