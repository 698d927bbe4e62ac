"""Times and time zones: the day of an answer is the day on the clinic's wall."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

NO_TIME = np.int32(-1)
_TIME = (
    r"^(?P<h>\d{1,2})(?:[:.h](?P<m>\d{2}))?(?:[:.](?P<s>\d{2}))?(?:[.,]\d+)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*"
    r"(?P<zone>Z|z|(?:UTC|GMT)?[+-]\d{2}:?(?:\d{2})?|[A-Z]{2,5})?"
    r"(?:\s*\[[A-Za-z_/]+\])?(?:\s+(?:Uhr|h))?$"
)
# Letters for zones, in seconds east of Greenwich, as phones and servers write them.
# IST, CST, AST and others mean several zones and are not read.
_LETTERS = {
    "Z": 0,
    "UTC": 0,
    "GMT": 0,
    "WET": 0,
    "WEST": 3600,
    "BST": 3600,
    "CET": 3600,
    "CEST": 7200,
    "MEZ": 3600,
    "MESZ": 7200,
    "EET": 7200,
    "EEST": 10_800,
    "MSK": 10_800,
    "EST": -18_000,
    "EDT": -14_400,
    "CDT": -18_000,
    "MST": -25_200,
    "MDT": -21_600,
    "PST": -28_800,
    "PDT": -25_200,
    "AEST": 36_000,
    "AEDT": 39_600,
    "NZST": 43_200,
    "NZDT": 46_800,
    "JST": 32_400,
    "KST": 32_400,
}


@dataclass(frozen=True)
class Clock:
    """The clinic's time zone, and the zone of times that name none.

    source: "" = times without a zone are the clinic's own.
    """

    clinic: str = "UTC"
    source: str = ""


def to_clinic(
    days: np.ndarray, rest: pa.Array, clock: Clock
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Days and texts of times to the clinic's days and seconds since midnight.

    The third array names a problem, "" where there is none.
    """
    parts = pc.extract_regex(rest, _TIME)
    second = _seconds(parts)
    problem = np.where(second < 0, "holds no time that can be read", "").astype(object)
    zones = pc.fill_null(pc.struct_field(parts, "zone"), "").dictionary_encode()
    letters = zones.dictionary.to_pylist()
    offsets = np.array([_offset(zone) for zone in letters], dtype=float)
    offset = offsets[zones.indices.to_numpy(zero_copy_only=False)]
    unknown = np.array([bool(zone) for zone in letters]) & np.isnan(offsets)
    is_unknown = unknown[zones.indices.to_numpy(zero_copy_only=False)]
    problem[is_unknown] = "names a time zone that is not known"
    stamps = days.astype("datetime64[s]") + np.maximum(second, 0).astype("m8[s]")
    moved = ~np.isnan(offset)
    if moved.any():
        utc = stamps[moved] - offset[moved].astype("timedelta64[s]")
        stamps[moved] = _from_utc(utc, clock.clinic)
    local = ~moved & (second >= 0)
    if clock.source and clock.source != clock.clinic and local.any():
        stamps[local] = _between(stamps[local], clock.source, clock.clinic)
    new_days = stamps.astype("datetime64[D]")
    new_days[problem != ""] = np.datetime64("NaT")
    seconds = (stamps - stamps.astype("datetime64[D]")).astype(np.int64)
    return new_days, np.where(second >= 0, seconds, NO_TIME).astype(np.int32), problem


def unix_to_clinic(seconds: np.ndarray, clock: Clock) -> tuple[np.ndarray, np.ndarray]:
    """Seconds since 1970 (UTC) to the clinic's days and seconds since midnight."""
    utc = np.floor(seconds).astype(np.int64).astype("datetime64[s]")
    stamps = _from_utc(utc, clock.clinic)
    days = stamps.astype("datetime64[D]")
    return days, (stamps - days).astype(np.int64).astype(np.int32)


def seconds_of(texts: pa.Array) -> np.ndarray:
    """Seconds since midnight of texts such as 18:02 or 6:02 pm; NO_TIME if none."""
    return _seconds(pc.extract_regex(texts, _TIME))


def _seconds(parts: pa.StructArray) -> np.ndarray:
    hour, minute, second = (_number(parts, name) for name in ("h", "m", "s"))
    minute, second = np.maximum(minute, 0), np.maximum(second, 0)
    half = pc.fill_null(pc.utf8_lower(pc.struct_field(parts, "half")), "")
    is_pm = pc.starts_with(half, "p").to_numpy(zero_copy_only=False)
    is_am = pc.starts_with(half, "a").to_numpy(zero_copy_only=False)
    hour = np.where(is_pm & (hour < 12), hour + 12, hour)
    hour = np.where(is_am & (hour == 12), 0, hour)
    known = (hour >= 0) & (hour < 24) & (minute < 60) & (second < 61)
    total = hour * 3600 + minute * 60 + np.minimum(second, 59)
    return np.where(known, total, NO_TIME).astype(np.int32)


def _number(parts: pa.StructArray, name: str) -> np.ndarray:
    values = pc.struct_field(parts, name)
    values = pc.if_else(pc.equal(values, ""), None, values)
    return pc.fill_null(pc.cast(values, pa.int64()), -1).to_numpy(zero_copy_only=False)


def _offset(zone: str) -> float:
    """Seconds east of Greenwich; NaN where no zone is given or it is not known."""
    letters = zone.upper()
    if letters in _LETTERS:
        return _LETTERS[letters]
    digits = letters.removeprefix("UTC").removeprefix("GMT")
    if not digits or digits[0] not in "+-":
        return np.nan
    number = digits[1:].replace(":", "").ljust(4, "0")
    size = int(number[:2]) * 3600 + int(number[2:]) * 60
    return -size if digits[0] == "-" else size


def _from_utc(stamps: np.ndarray, zone: str) -> np.ndarray:
    """UTC to the wall clock of a zone; zones change by the hour, so hours suffice."""
    hours, where = np.unique(stamps.astype("datetime64[h]"), return_inverse=True)
    # zones that are off by half an hour still change on a full hour of UTC
    aware = pd.DatetimeIndex(hours.astype("datetime64[s]"), tz="UTC")
    local = aware.tz_convert(ZoneInfo(zone)).tz_localize(None)
    shift = local.to_numpy().astype("datetime64[s]") - hours.astype("datetime64[s]")
    return stamps + shift[where]


def _between(stamps: np.ndarray, source: str, clinic: str) -> np.ndarray:
    """Wall clock of one zone to that of another.

    An hour that occurs twice is taken as the first; one that is skipped moves on.
    """
    local = pd.DatetimeIndex(stamps).tz_localize(
        ZoneInfo(source),
        ambiguous=np.ones(len(stamps), bool),
        nonexistent="shift_forward",
    )
    moved = local.tz_convert(ZoneInfo(clinic)).tz_localize(None)
    return moved.to_numpy().astype("datetime64[s]")
