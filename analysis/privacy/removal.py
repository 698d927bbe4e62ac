"""Rows of one client taken out of tables and lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

# Tables without a client of their own, and by what they hang on one.
HANGING: Mapping[str, tuple[str, str]] = {
    "responses": ("administrations", "administration_id"),
    "totals": ("administrations", "administration_id"),
    "goal_steps": ("goals", "goal_id"),
    "goal_ratings": ("goals", "goal_id"),
}
BLANK = "(about a client who was forgotten)"


def removed_rows(
    tables: Mapping[str, pd.DataFrame], client_id: str
) -> dict[str, pd.DataFrame]:
    """The tables that change when the client's rows go; the others are not returned."""
    changed = {}
    for name, rows in tables.items():
        if name in HANGING:
            parent, key = HANGING[name]
            owner = tables[parent]
            own = owner.loc[owner["client_id"] == client_id, key]
            theirs = rows[key].isin(own)
        elif "client_id" in rows:
            theirs = rows["client_id"] == client_id
        else:
            continue
        if theirs.any():
            changed[name] = rows[~theirs]
    return changed


def scrubbed_rows(
    rows: pd.DataFrame, tells: Callable[[str], bool], keep: int
) -> pd.DataFrame | None:
    """A list in which rows that tell of somebody lose their cells; None: none did.

    keep: so many columns at the front say where a row stood and stay.
    """
    cells = rows.iloc[:, keep:].astype(str)
    theirs = cells.map(tells).any(axis=1)
    if not theirs.any():
        return None
    return pd.concat([rows.iloc[:, :keep], cells.mask(theirs, BLANK)], axis=1)
