"""Cells to values: answers, days, ids and words, and what is wrong with them."""
