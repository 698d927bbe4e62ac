"""Columns that several tables share."""

from __future__ import annotations

from analysis.schema.columns import DATE, TEXT, WHOLE, Column, id_column

CLIENT = id_column("client_id", "the client, as exported, spelling made one")
EPISODE = Column("episode_id", TEXT, "episode of care the row belongs to")
SCALE = id_column("scale", "measure.scale, in lower case: phq9.total, goal.G2")
DAY = Column("date", DATE, "day in the clinic's time zone", required=True)
SOURCE = (
    Column("source_file", TEXT, "raw file the row came from"),
    Column("source_row", WHOLE, "row in that file, as a spreadsheet counts"),
)
