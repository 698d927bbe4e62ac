"""The page about exports: its profiles are read by the code, its examples are true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from import_helpers import EXPORTS, measures

from analysis.importers.profile_reading import read_profile

PAGE = Path(__file__).parents[1] / "docs" / "exports.md"
BLOCKS = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.S)


@pytest.mark.parametrize("block", BLOCKS)
def test_a_profile_on_the_page_is_read_by_the_code(block: str, tmp_path: Path) -> None:
    path = tmp_path / "profile.toml"
    path.write_text(block, encoding="utf-8")
    # own measures of the examples stand in the tests' folder
    assert read_profile(path, measures(own=True)).path == "profile.toml"


def test_the_profile_to_copy_for_daylio_is_the_one_that_is_tested() -> None:
    def plain(text: str) -> list[str]:
        lines = (line.split("#")[0].strip() for line in text.splitlines())
        return [line for line in lines if line]

    tested = (EXPORTS / "profiles" / "daylio.toml").read_text(encoding="utf-8")
    assert any(plain(block) == plain(tested) for block in BLOCKS)
