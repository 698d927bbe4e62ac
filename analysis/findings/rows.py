"""From a detector's frames to rows of the table `findings`, evidence as JSON."""

from __future__ import annotations

import pandas as pd

from analysis.evidence import json_objects
from analysis.records import EVIDENCE
from analysis.schema import TABLES

NAMES = TABLES["findings"].names
_KEYS = ("client_id", "episode_id", "scale", "date", "grade")


def found(kind: str, rows: pd.DataFrame, *, audience: str = "both") -> pd.DataFrame:
    """Make findings of one kind.

    rows: one row per finding with client_id, episode_id, date (since when), scale and
    grade (left out where there are none), and the fields of EVIDENCE[kind].
    """
    fields = list(EVIDENCE[kind])
    missing = [name for name in fields if name not in rows]
    if missing:
        raise ValueError(f"a {kind} finding lacks {', '.join(missing)}")
    keys = {name: rows[name].array if name in rows else None for name in _KEYS}
    findings = pd.DataFrame(keys, index=range(len(rows)))
    return findings.assign(
        date=findings["date"].astype("datetime64[s]"),
        scale=findings["scale"].astype("str"),
        grade=findings["grade"].astype("str"),
        kind=kind,
        evidence=json_objects(rows[fields]),
        audience=audience,
    )[NAMES]


def no_findings() -> pd.DataFrame:
    """Nothing worth telling."""
    return TABLES["findings"].empty()
