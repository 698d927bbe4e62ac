"""Client ids as file names."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.engine import client_id_of, safe_name
from analysis.errors import AnalysisError

IDS = st.text(max_size=15)
# letters that differ in case only, dots, marks of the encoding itself, device names
TRICKY_IDS = st.one_of(
    st.text(alphabet="aAbB.-+=_ /\\", max_size=12),
    st.sampled_from(["con", "CON", "Con.x", "nul", "LPT1", "com0.a", ".", "..", ""]),
)


@pytest.mark.parametrize(
    "client_id", ["A-1042", "DEMO-001", "7", "CLIENT_12", "2024.17", "CONRAD"]
)
def test_a_safe_id_stays_as_it_is(client_id: str) -> None:
    assert safe_name(client_id) == client_id


@pytest.mark.parametrize(
    ("client_id", "name"),
    [
        ("a-1042", "a-1042+L"),  # all letters are small
        ("Ab-1", "Ab-1+1"),  # the second of two letters is small: 01
        ("aB-1", "aB-1+2"),  # the first of two: 10
        ("A/1", "A=2F1"),  # "/" is byte 2F
        ("É", "=C3=89"),  # É is C3 89 in UTF-8
        ("CON", "=43ON"),  # a device on Windows; C is 43
        ("NUL.X", "=4EUL.X"),
        ("..", "=2E=2E"),
        ("-RF", "=2DRF"),
        ("", "+"),
    ],
)
def test_an_unsafe_id_is_encoded(client_id: str, name: str) -> None:
    assert safe_name(client_id) == name
    assert client_id_of(name) == client_id


@given(IDS | TRICKY_IDS)
def test_the_id_comes_back_from_its_name(client_id: str) -> None:
    assert client_id_of(safe_name(client_id)) == client_id


@given(st.lists(IDS | TRICKY_IDS, max_size=8, unique=True))
def test_no_two_ids_share_a_name_where_case_does_not_count(ids: list[str]) -> None:
    names = [safe_name(client_id).casefold() for client_id in ids]
    assert len(set(names)) == len(ids)


@given(IDS | TRICKY_IDS)
def test_a_name_is_safe_on_every_file_system(client_id: str) -> None:
    name = safe_name(client_id)
    assert re.fullmatch(r"[A-Za-z0-9_.=+-]+", name)
    assert name[0] not in ".-"
    assert name[-1] != "."
    devices = r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?"
    assert not re.fullmatch(devices, name.casefold())
    assert len(name.encode()) <= 255


def test_an_id_that_no_file_system_could_hold_is_refused() -> None:
    assert safe_name("A" * 200) == "A" * 200
    with pytest.raises(AnalysisError, match="too long"):
        safe_name("A" * 201)


@pytest.mark.parametrize("name", ["a", "A+L", "=c3", "=FF", "A=", "é", "A+1+1", "CON"])
def test_a_folder_that_is_none_of_ours_is_refused(name: str) -> None:
    with pytest.raises(AnalysisError, match="no client id"):
        client_id_of(name)
