"""Sheets and their layout to readings: long, wide, several forms a row, registers."""
