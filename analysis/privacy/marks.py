"""Keyed marks: what an id becomes where the id itself must not stand."""

from __future__ import annotations

import hashlib
import hmac


def mark(key: bytes, kind: str, word: str) -> str:
    """HMAC-SHA256 of a word: the same for the same key, nothing without it.

    A plain hash would not do: ids are few, and all of them can be tried. kind keeps
    a client, a goal and a clinician of one spelling apart.
    """
    text = f"{kind}\x00{word}".encode("utf-8", "surrogatepass")
    return hmac.new(key, text, hashlib.sha256).hexdigest()
