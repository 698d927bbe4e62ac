"""The words that tell of a client: names, free text, ids, as the tables hold them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

NAME, TEXT, ID = "name", "free text", "id"

# Columns of the tidy tables in which people write what they like.
FREE_TEXT: Mapping[str, tuple[str, ...]] = {
    "notes": ("text",),
    "goals": (
        *("statement", "specific", "measurable", "achievable", "relevant", "reason"),
    ),
    "goal_steps": ("step",),
    "events": ("label",),
}
NAMES: Mapping[str, tuple[str, ...]] = {"clients": ("name_on_report",)}
# Shorter texts ("walk", "holiday") stand in any report, whosever they are.
_SHORTEST_TEXT = 8
_SHORTEST_NAME = 3
# Ids such as 7 or 112 stand in every file there is.
_SHORTEST_ID = 5


@dataclass(frozen=True)
class Word:
    """Something that must not be found, and whose it is."""

    text: str
    client_id: str
    kind: str


def words_of(
    tables: Mapping[str, pd.DataFrame], clients: Iterable[str] | None = None
) -> tuple[Word, ...]:
    """Names, free text and ids of the clients, or of some of them.

    tables: tidy tables by name. A text that several clients share tells of nobody and
    is left out, and so is one too short to be told from other words.
    """
    wanted = None if clients is None else set(clients)
    told = pd.DataFrame(_told(tables), columns=["client_id", "kind", "text"])
    told = told.dropna().drop_duplicates()
    told["text"] = told["text"].str.strip()
    told = told[
        [_tells(*pair) for pair in zip(told["kind"], told["text"], strict=True)]
    ]
    owners = told.groupby("text")["client_id"].transform("nunique")
    told = told[(owners == 1) | (told["kind"] == NAME)]
    if wanted is not None:
        told = told[told["client_id"].isin(wanted)]
    return tuple(
        Word(row.text, row.client_id, row.kind) for row in told.itertuples(index=False)
    )


def _told(tables: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, str, str]]:
    owners = tables["goals"].set_index("goal_id")["client_id"]
    for kind, columns in ((NAME, NAMES), (TEXT, FREE_TEXT)):
        for table, names in columns.items():
            rows = tables[table]
            if "client_id" not in rows:
                rows = rows.assign(client_id=rows["goal_id"].map(owners))
            for name in names:
                yield from zip(
                    rows["client_id"], [kind] * len(rows), rows[name], strict=True
                )
    for client in tables["clients"]["client_id"]:
        yield client, ID, client


def _tells(kind: str, text: str) -> bool:
    if kind == ID:
        return len(text) >= _SHORTEST_ID and any(c.isdigit() for c in text)
    return len(text) >= (_SHORTEST_NAME if kind == NAME else _SHORTEST_TEXT)
