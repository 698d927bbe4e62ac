"""A practice whose every word about a client can be told from all others, and a search.

A canary is `Zq`, the client's letter, the field, `qZ`: ZqAnameqZ.
"""

from __future__ import annotations

import csv
import dataclasses
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pikepdf
import pyarrow as pa
import pyarrow.parquet as pq
from page_samples.reading import _to_unicode, opened

from analysis.importers.remembering.entries import Remembered
from analysis.importers.remembering.packing import unpacked

# Letter of the canaries by client. Ids as hostile as a system may give them.
IDS = {"A": "A-1", "B": "../../x\"'</b>{{7*7}}", "C": "caseload"}
START = date(2026, 5, 4)
WEEKS = 22
_CANARY = re.compile(rb"Zq([A-Z])([a-z0-9]+)qZ")


def canary(letter: str, field: str) -> str:
    """The words a client's field holds."""
    return f"Zq{letter}{field}qZ"


def found(content: bytes) -> set[tuple[str, str]]:
    """Client's letter and field of every canary in some bytes."""
    return {(a.decode(), b.decode()) for a, b in _CANARY.findall(content)}


def fields(content: bytes) -> set[str]:
    """Fields of the canaries in some bytes, whosever they are."""
    return {field for _, field in found(content)}


# --- the practice ---


def write_practice(raw: Path) -> None:
    """Write the exports, one file with rows that slipped among them."""
    raw.mkdir(parents=True)
    own: dict[str, list[list[object]]] = {name: [] for name in _HEADS}
    for number, (letter, client) in enumerate(IDS.items()):
        for name, rows in _rows(letter, client, number).items():
            own[name] += rows
    own["odd"] = _odd_rows()
    for name, head in _HEADS.items():
        with (raw / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([head, *own[name]])
    lost = f"Z-1,{canary('Q', 'headless')},1980-01-01,{canary('Q', 'note')}\n"
    (raw / "headless.csv").write_text(lost * 3, encoding="utf-8")


_ITEMS = [f"phq9_{item}" for item in range(1, 10)]
_SMART = ["specific", "measurable", "achievable", "relevant"]
_PERSON = ["email", "phone", "ip_address", "surname", "address"]
_HEADS: Mapping[str, Sequence[str]] = {
    "clients": [
        *("client_id", "name_on_report", "birth_year", "programme", "end_reason"),
        *("ended_on", *_PERSON, "remarks_of_the_office"),
    ],
    "phq": ["client_id", "date", *_ITEMS, "comment", "user_email"],
    "checkins": [
        *("client_id", "date", "mood", "sleep", "small_win", "note", "may_be_shown"),
    ],
    "sessions": ["client_id", "date", "attended", "kind", "note"],
    "goals": [
        *("goal_id", "client_id", "statement", *_SMART, "set_on", "closed_on"),
        *("status", "replaces", "reason"),
    ],
    "steps": ["goal_id", "step", "done_on"],
    "ratings": ["goal_id", "date", "rating"],
    "events": ["client_id", "date", "kind", "label"],
    "odd": ["client_id", "date", *_ITEMS, "email"],
}


def _rows(letter: str, client: str, number: int) -> dict[str, list[list[object]]]:
    def words(field: str) -> str:
        return canary(letter, field)

    days = [(START + timedelta(7 * week)).isoformat() for week in range(WEEKS)]
    phq, checkins, sessions = [], [], []
    for week, day in enumerate(days):
        item = 2 - week // 8 if number else 2
        risk = 3 if not number and week > 18 else 0
        comment = words("comment") if week == 19 else ""
        phq.append([client, day, *[item] * 8, risk, comment, words("mail")])
        win, note, shown = "", "", ""
        if week in (19, 20):
            win = words("win") if week == 20 else ""
            note = words("shared" if week == 20 else "private")
            shown = "yes" if week == 20 else "no"
        checkins.append([client, day, 5 + week % 3, 6, win, note, shown])
        said = words("session") if week == 20 else ""
        sessions.append([client, day, "yes", words("kind"), said])
    goal, old = f"G{letter}2", f"G{letter}1"
    smart = [words(name) for name in _SMART]
    first = [old, client, words("old"), *[""] * 4, days[1], days[8], "replaced"]
    second = [goal, client, words("goal"), *smart, days[8], "", "open", old]
    return {
        "clients": [
            [client, words("name"), 1980 + number, "Talking", words("end"), ""]
            + [words(name.replace("_", "")) for name in _PERSON]
            + [words("office")]
        ],
        "phq": phq,
        "checkins": checkins,
        "sessions": sessions,
        "goals": [[*first, "", ""], [*second, words("reason")]],
        "steps": [[goal, words(f"step{n}"), "" if n else days[9]] for n in range(3)],
        "ratings": [[goal, day, 1 + n] for n, day in enumerate(days[9:15])],
        "events": [
            [client, days[12], "medication", words("event")],
            [client, days[13], words("eventkind"), "moved"],
        ],
    }


def _odd_rows() -> list[list[object]]:
    """Rows that slipped by a column, as they do when an export is edited by hand."""
    name, mail = canary("Q", "name"), canary("Q", "mail")
    return [
        ["A-1", "2026-09-29", name, *[1] * 8, mail],
        ["A-1", name, *[1] * 9, mail],
        ["=" + name, "2026-09-29", *[1] * 9, mail],
        ["A-1", "2026-09-29", name, 1],
    ]


# --- the search ---


def page_words(path: Path) -> bytes:
    """All text of a PDF's pages and drawings, without spaces."""
    with opened(path.read_bytes()) as pdf:
        text = "".join(part for page in pdf.pages for part in _texts(page))
    return re.sub(r"[\s\u200b\u00ad]", "", text).encode()


def _texts(content: pikepdf.Object) -> Iterator[str]:
    resources = content.get("/Resources", {})
    fonts = resources.get("/Font", {})
    maps = {name: _to_unicode(font) for name, font in fonts.items()}
    letters: Mapping[bytes, str] = {}
    for operands, operator in pikepdf.parse_content_stream(content):
        if str(operator) == "Tf":
            letters = maps.get(str(operands[0]), {})
        elif str(operator) in ("Tj", "TJ"):
            pieces = operands[0] if str(operator) == "TJ" else operands
            raw = b"".join(bytes(p) for p in pieces if isinstance(p, pikepdf.String))
            yield from (letters.get(raw[i : i + 2], "") for i in range(0, len(raw), 2))
    for drawing in resources.get("/XObject", {}).values():
        if drawing.get("/Subtype") == "/Form":
            yield from _texts(drawing)


def metadata(path: Path) -> bytes:
    """What a PDF says of itself, as information and XMP."""
    with opened(path.read_bytes()) as pdf:
        about = [str(value) for value in pdf.docinfo.values()]
        xmp = pdf.Root.Metadata.read_bytes() if "/Metadata" in pdf.Root else b""
    return "\n".join(about).encode() + xmp


def inside(path: Path) -> bytes:
    """Everything in a table or in what is remembered of a file, unpacked."""
    if path.suffix == ".parquet":
        return cells(path)
    if path.suffix == ".reading":
        with np.printoptions(threshold=sys.maxsize):
            return _words(unpacked(path.read_bytes(), Remembered)).encode()
    return b""


def _words(value: object) -> str:
    if isinstance(value, pa.Array):
        return str(value.to_pylist())
    if dataclasses.is_dataclass(value):
        value = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return " ".join(f"{key} {_words(one)}" for key, one in value.items())
    if isinstance(value, (tuple, list)):
        return " ".join(map(_words, value))
    return str(value)


def cells(path: Path) -> bytes:
    """Everything in a table, whatever its compression."""
    table: pd.DataFrame = pq.read_table(path).to_pandas()
    return table.to_csv().encode()
