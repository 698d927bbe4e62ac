"""What looks like clients' data in a file that somebody is about to hand on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import PurePosixPath

# The folders no file of which belongs into a repository.
KEPT_OUT = ("data/", "reports/", "logs/")
# Invented samples and pictures of the demo stand here, looked at by a person.
_SAMPLES = ("tests/", "docs/")
# Kinds of files that hold tables or finished reports, and nothing a project needs.
_TABLES = frozenset(
    (
        *(".parquet", ".feather", ".arrow", ".xlsx", ".xls", ".xlsm", ".ods", ".sav"),
        *(".dta", ".rds", ".rdata", ".sqlite", ".sqlite3", ".db", ".duckdb", ".pdf"),
        *(".zip", ".gz", ".pickle", ".pkl"),
    )
)
_LISTS = frozenset((".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".xml"))
_PERSON = re.compile(
    r"\b(client|patient|person|participant|subject|respondent|record)"
    r"[ _-]?(id|name|nr|no)\b"
    r"|\b(name[ _]on[ _]report|date[ _]of[ _]birth|birth[ _]?(date|year)|dob|surname"
    r"|(first|last|full)[ _]?name|e-?mail([ _]address)?|nhs[ _]?(number|no)|ssn|mrn)\b",
    re.IGNORECASE,
)
_CLINICAL = re.compile(
    r"\b(phq|gad|pcl|core|oq|who|wsas|ors|srs|isi|bdi|dass|epds|audit|k)[ _-]?\d*"
    r"([ _-](total|score|\d+))\b|\b(mood|sleep|small_win|session|diagnosis|attended"
    r"|statement|rating|response|score|note|notes)\b",
    re.IGNORECASE,
)
_FHIR = re.compile(
    r'"resourceType"\s*:\s*"(Patient|QuestionnaireResponse|Observation|Bundle)"'
)
# A header, and enough below it to be more than an example in a text.
_FIRST_BYTES = 8192


def suspicion(path: str, data: bytes) -> str:
    """Why a file must not be committed; "" where nothing speaks against it.

    path: as git names it, with slashes. Looks at where it stands, what kind it is,
    and what its head and its cells say; never repeats any of it.
    """
    if path.endswith(".gitkeep") and not data:
        return ""
    if path.startswith(KEPT_OUT):
        return "stands in a folder of clients' data"
    for look in (_notebook, _kind, _list):
        why = look(path, data)
        if why:
            return why
    return ""


def _notebook(path: str, data: bytes) -> str:
    if not path.endswith(".ipynb"):
        return ""
    try:
        cells = json.loads(data).get("cells", [])
    except (ValueError, AttributeError):
        return "is called a notebook and cannot be read as one"
    if any(cell.get("outputs") or cell.get("execution_count") for cell in cells):
        return "is a notebook with outputs. Run nbstripout on it"
    if any(cell.get("attachments") for cell in cells):
        return "is a notebook with pictures inside. Take them out"
    return ""


def _kind(path: str, data: bytes) -> str:
    if path.startswith(_SAMPLES):
        return ""
    if PurePosixPath(path).suffix.lower() in _TABLES:
        return "is of a kind that holds tables or reports"
    for magic, kind in (
        (b"PAR1", "Parquet"),
        (b"%PDF-", "PDF"),
        (b"PK\x03\x04", "zip"),
    ):
        if data.startswith(magic):
            return f"is a {kind} file, whatever it is called"
    return ""


def _list(path: str, data: bytes) -> str:
    if path.startswith(_SAMPLES):
        return ""
    is_list = PurePosixPath(path).suffix.lower() in _LISTS
    text = data[:_FIRST_BYTES].decode("utf-8", "replace")
    lines = [line for line in text.splitlines() if line.strip()]
    head = re.sub(r'[",;\t|_-]+', " ", lines[0]) if lines else ""
    if (
        _is_table(lines)
        and _PERSON.search(head)
        and (is_list or _CLINICAL.search(head))
    ):
        return "has columns of a table about people"
    if is_list and _FHIR.search(text):
        return "holds health records (FHIR)"
    return ""


def _is_table(lines: list[str]) -> bool:
    """Two lines with as many cells: a header and a row below it."""
    cells = [len(re.findall(r"[,;\t]", line)) for line in lines[:2]]
    return len(cells) == 2 and cells[0] == cells[1] > 0


def has_words(found: Callable[[str], object], data: bytes) -> bool:
    """Whether a text file holds words that a search finds."""
    if b"\x00" in data[:_FIRST_BYTES]:
        return False
    return bool(found(data.decode("utf-8", "replace")))
