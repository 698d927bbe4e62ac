"""JSON files to records: one object, a list, a Bundle, or one object on each line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from analysis.importers.sheets.decoding import decode
from analysis.importers.sheets.sheet import Broken, Document, Refusal

# Parsed, JSON takes about ten times its size in memory.
MAX_BYTES = 300 * 1024**2


def read_documents(data: bytes, file: str, digest: str) -> Document | Refusal:
    """Read the records of a JSON or NDJSON file."""
    if len(data) > MAX_BYTES:
        return Refusal(f"is larger than {MAX_BYTES // 1024**2} MB of JSON. Split it.")
    decoded = decode(data)
    if isinstance(decoded, Refusal):
        return decoded
    text, said = decoded
    whole = _parsed(text.decode())
    if whole is not _BAD:
        records = _records(whole)
        if records is None:
            return Refusal("is JSON that holds no list of records.")
        rows = np.arange(1, len(records) + 1)
        return Document(file, records, rows, digest, said=said)
    found = _by_line(text.decode(), file, digest)
    if not found.records:
        return Refusal("is damaged JSON: it ends early or was edited. Export it again.")
    return found


_BAD: Any = object()


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError, ValueError):
        return _BAD


def _records(whole: Any) -> tuple[Mapping[str, Any], ...] | None:
    """The records of a list, of a FHIR Bundle, of an interface's answer, or the one."""
    if isinstance(whole, dict):
        entries = whole.get("entry")
        if whole.get("resourceType") == "Bundle":
            entries = entries if isinstance(entries, list) else []
            inner = [e.get("resource") for e in entries if isinstance(e, dict)]
            return tuple(r for r in inner if isinstance(r, dict))
        inside = whole.get("data")
        if isinstance(inside, list) and "resourceType" not in whole:
            return _records(inside)
        return (whole,)
    if isinstance(whole, list) and all(isinstance(one, dict) for one in whole):
        return tuple(whole)
    return None


def _by_line(text: str, file: str, digest: str) -> Document:
    records: list[Mapping[str, Any]] = []
    rows: list[int] = []
    broken: list[Broken] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        one = _parsed(line)
        inside = _records(one) if isinstance(one, dict) else None
        if inside is not None:
            records += inside
            rows += [number] * len(inside)
        else:
            broken.append(Broken(number, (line[:1000],), "it is no whole JSON record"))
    return Document(
        file, tuple(records), np.array(rows, np.int64), digest, tuple(broken)
    )
