"""Where a practice's words about its clients stand, and how they are taken away."""

from analysis.privacy.forgotten import Forgotten, read_forgotten, write_forgotten
from analysis.privacy.marks import mark
from analysis.privacy.pseudonyms import Pseudonyms, without_words
from analysis.privacy.reading import readable
from analysis.privacy.removal import removed_rows, scrubbed_rows
from analysis.privacy.search import Found, Search
from analysis.privacy.words import Word, words_of

__all__ = [
    "Forgotten",
    "Found",
    "Pseudonyms",
    "Search",
    "Word",
    "mark",
    "read_forgotten",
    "readable",
    "removed_rows",
    "scrubbed_rows",
    "without_words",
    "words_of",
    "write_forgotten",
]
