"""Whatever bytes stand in a folder: no traceback, and every row is counted once."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from import_helpers import EXPORTS, PHQ9, of_files

QUICK = settings(max_examples=20, deadline=None)
SEEDS = [path.read_bytes() for path in sorted((EXPORTS / "bad").glob("s*"))]
NAMES = ["client_id", "date", "mood", "note", "measure", "item", "response", "id", ""]
NAMES += ["attended", "goal_id", "rating", "phq9_total", *PHQ9.split(",")]
CELLS = st.one_of(
    st.sampled_from(
        [
            "",
            "1",
            "0",
            "3",
            "A-1",
            "a-1 ",
            "2025-01-06",
            "01/02/2025",
            "13.2.25",
            "NA",
            "-99",
            "=1+1",
            "phq9",
            "yes",
            "1e5",
            "45705",
            "1741000000",
            "7,5",
            "2025-02-30",
            "12:30",
            "2025-01-06T23:59:00+02:00",
            "3 Mär 2025",
            "\x00",
        ]
    ),
    st.text(max_size=8),
)


def read(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        of_files(Path(folder), {"export": data})


@QUICK
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    read(data)


@QUICK
@given(st.sampled_from(SEEDS), st.data())
def test_a_real_file_with_bytes_changed_is_read_or_refused(
    seed: bytes, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(seed)))
    length = data.draw(st.integers(0, 40))
    read(seed[:start] + data.draw(st.binary(max_size=20)) + seed[start + length :])


@QUICK
@given(
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=12),
    st.lists(st.lists(CELLS, max_size=13), max_size=8),
    st.sampled_from([",", ";", "\t"]),
)
def test_any_table_is_read_or_refused(
    names: list[str], rows: list[list[str]], delimiter: str
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerows([names, *rows])
    read(text.getvalue().encode("utf-8", "surrogatepass"))


@QUICK
@given(st.lists(st.lists(CELLS, min_size=11, max_size=11), min_size=1, max_size=12))
def test_any_questionnaire_is_read_or_set_aside(rows: list[list[str]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([["client_id", "date", *PHQ9.split(",")], *rows])
    read(text.getvalue().encode("utf-8", "surrogatepass"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "resourceType",
                    "item",
                    "answer",
                    "code",
                    "coding",
                    "status",
                    "linkId",
                    "subject",
                    "reference",
                    "valueInteger",
                    "component",
                    "entry",
                    "meta",
                    "effectiveDateTime",
                    "authored",
                    "derivedFrom",
                    "id",
                    "text",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@QUICK
@given(JSON, st.sampled_from(["Observation", "QuestionnaireResponse", "Bundle", "x"]))
def test_any_json_is_read_or_refused(value: object, kind: str) -> None:
    record = {"resourceType": kind, "body": value}
    if isinstance(value, dict):
        record = {**value, "resourceType": kind}
    read(json.dumps([record, value]).encode())
    read((json.dumps(record) + "\n" + json.dumps(value) + "\n").encode())
