"""One score a day and scale: of two on one day the later one counts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.scoring.joining import codes


def is_superseded(
    administrations: pd.DataFrame,
    owners: np.ndarray,
    scales: np.ndarray,
    is_scored: np.ndarray,
) -> np.ndarray:
    """Rows of scores that another score of the same client, day and scale replaces.

    administrations: client_id, date, and where there are any time, source_file and
    source_row. owners: position of each score's administration. scales: scale number.
    Rows without a score neither replace nor are replaced. The later is the one with
    the later time; where a time is missing, the later row of the export.
    """
    replaced = np.zeros(len(owners), bool)
    rows = np.flatnonzero(is_scored)
    client, _ = codes(administrations["client_id"])
    day = administrations["date"].to_numpy("datetime64[D]").astype(np.int64)
    keys = pd.DataFrame(
        {"client": client[owners[rows]], "day": day[owners[rows]], "s": scales[rows]}
    )
    again = keys.duplicated(keep=False).to_numpy()
    rows, keys = rows[again], keys[again]
    if len(rows) == 0:
        return replaced
    named = ["time", "source_file", "source_row", "administration_id"]
    order = administrations.reindex(columns=named).iloc[owners[rows]]
    order = order.assign(row=rows, group=keys.groupby([*keys]).ngroup().to_numpy())
    timed = order["time"].notna().groupby(order["group"]).transform("all")
    order["time"] = order["time"].where(timed, "").astype(object)
    ranked = order.sort_values(["group", *named], kind="stable")
    last = ~ranked["group"].duplicated(keep="last")
    replaced[ranked.loc[~last, "row"].to_numpy()] = True
    return replaced
