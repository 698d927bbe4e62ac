"""The clients of all files: one spelling each, whatever file they stand in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.importers.keeping.namesakes import two_people
from analysis.importers.readers.reading import Reading
from analysis.importers.sheets.sheet import Said
from analysis.importers.values.identity import chosen_spellings


@dataclass(frozen=True)
class People:
    """ids: every client once. codes: per reading the client of each row, -1 if none.

    said: per reading what was merged.
    """

    ids: np.ndarray
    codes: tuple[np.ndarray, ...]
    said: tuple[tuple[Said, ...], ...]


def people_of(readings: Sequence[Reading]) -> People:
    """Give every row its client, spellings of all files made one."""
    kept = [np.array(reading.ids, dtype=object) for reading in readings]
    everyone = np.concatenate([np.zeros(0, object), *kept])
    counts = np.concatenate([np.zeros(0, int), *(_counts(r) for r in readings)])
    exact = [k for k, r in zip(kept, readings, strict=True) if r.layout.ids_as_they_are]
    changed = _changed(everyone, counts, set(np.concatenate([[], *exact]).tolist()))
    apart = two_people(changed, readings) if changed else frozenset[str]()
    changed = {a: b for a, b in changed.items() if a not in apart}
    final = [_renamed(ids, changed) for ids in kept]
    _, ids = pd.factorize(np.concatenate([np.zeros(0, object), *final]))
    place = pd.Index(ids)
    codes, said = [], []
    for reading, names in zip(readings, final, strict=True):
        own = np.append(place.get_indexer(names), -1)
        codes.append(own[reading.client])
        told = (*_said(reading, names), *_said_apart(names, apart), *_said_mail(names))
        said.append(told)
    return People(np.asarray(ids, dtype=object), tuple(codes), tuple(said))


def _counts(reading: Reading) -> np.ndarray:
    used = reading.client[reading.client >= 0]
    return np.bincount(used, minlength=len(reading.ids))[: len(reading.ids)]


def _changed(
    everyone: np.ndarray, counts: np.ndarray, exact: set[str]
) -> dict[str, str]:
    codes, distinct = pd.factorize(everyone)
    total = np.bincount(codes, weights=counts, minlength=len(distinct))
    mapping, _ = chosen_spellings(pa.array(distinct, pa.string()), total)
    return {a: b for a, b in mapping.items() if a not in exact and b not in exact}


def _said_apart(names: np.ndarray, apart: frozenset[str]) -> tuple[Said, ...]:
    """Which ids were kept apart although they are spelled alike."""
    found = sorted(apart.intersection(names.tolist()))
    if not found:
        return ()
    more = f" and {len(found) - 8} more" if len(found) > 8 else ""
    text = (
        f"{len(found)} client id(s) are spelled like another one, but with another "
        f"name or year of birth, and were kept apart: {', '.join(found[:8])}{more}. "
        "Give one of the two another id, or mend the name."
    )
    return (Said(text),)


def _said_mail(names: np.ndarray) -> tuple[Said, ...]:
    """Ids that are addresses name people in every table and file."""
    n = sum("@" in str(name)[1:] for name in names)
    if not n:
        return ()
    text = (
        f"{n} client id(s) are e-mail addresses, which are identifying and will stand "
        "in every table and in the names of files. Export codes instead."
    )
    return (Said(text),)


def _renamed(ids: np.ndarray, changed: dict[str, str]) -> np.ndarray:
    if not changed:
        return ids
    return np.array([changed.get(name, name) for name in ids], dtype=object)


def _said(reading: Reading, names: np.ndarray) -> tuple[Said, ...]:
    """Which clients stand in the file in several spellings."""
    if reading.layout.client < 0:
        return ()
    columns = {"name": names, "raw": list(reading.raw_ids), "kept": list(reading.ids)}
    pairs = pd.DataFrame(columns, dtype=object)
    pairs = pairs[pairs["name"] != ""].drop_duplicates()
    spellings = pairs.groupby("name", sort=False).size()
    several = spellings[spellings > 1]
    elsewhere = (pairs["name"] != pairs["kept"]) & ~pairs["name"].isin(several.index)
    other = pairs[elsewhere]
    merged = sorted({*several.index, *other["name"]})
    if not merged:
        return ()
    n = int(several.sum()) + len(other)
    listed = ", ".join(merged[:8]) + (
        f" and {len(merged) - 8} more" if len(merged) > 8 else ""
    )
    text = (
        f"{n} spellings of the client id (case, spaces, dashes) were taken for "
        f"{len(merged)} client(s): {listed}."
    )
    return (Said(text, "repair"),)
