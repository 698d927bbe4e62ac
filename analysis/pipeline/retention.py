"""Who is past the months a practice keeps its clients' data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd


def overdue_clients(
    tables: Mapping[str, pd.DataFrame], months: int, today: date
) -> tuple[str, ...]:
    """Clients whose last contact lies more than `months` before `today`; 0: nobody.

    tables: the tidy tables by name. Without any dated contact nobody is overdue: their
    start, where it is known, counts as contact.
    """
    if not months:
        return ()
    parts = [
        tables["episodes"][["client_id", "last_contact"]].set_axis(
            ["client_id", "date"], axis=1
        ),
        tables["administrations"][["client_id", "date"]],
        tables["notes"][["client_id", "date"]],
    ]
    contacts = pd.concat([part for part in parts if len(part)] or parts[:1])
    latest = pd.to_datetime(contacts["date"]).groupby(contacts["client_id"]).max()
    limit = pd.Timestamp(today) - pd.DateOffset(months=months)
    return tuple(sorted(latest.index[latest < limit]))
