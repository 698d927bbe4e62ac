"""Which cells a message may repeat: numbers, dates, codes and the words of answers.

A row that slipped by one column puts a name or a note where an answer belongs, and
messages are read on screens and kept in logs. So only words that forms use as answers
are repeated; for any other the row and column are named, and quarantine/ has the cell.
"""

from __future__ import annotations

import re

LONGEST = 20
# More digits than a date has are a telephone or insurance number.
_MOST_DIGITS = 8
_DATE = re.compile(r"\d{1,4}([-/. ])\d{1,2}\1\d{1,4}([T ,].*)?")
_CODE = re.compile(r"[A-Za-z]{1,2}\d{1,3}")
_ERROR = re.compile(r"#(REF|N/A|NULL|VALUE|DIV/0|NAME|NUM|FORMULA)[!?]?", re.IGNORECASE)
_PARTS = re.compile(r"[^\W\d_]+|\d+")
# "May" and "June" are names too: months count only beside a number.
_MONTHS = """
jan feb mar apr may jun jul aug sep oct nov dec january february march april june july
august september october november december t z am pm
"""
# English; German; French; Spanish, Portuguese, Italian; Dutch, Scandinavian.
_ANSWERS = """
a about agree all almost always and any applicable at away bad been better bit
can cannot complete completed completely constantly daily day days declined did
disagree do don easily either every excellent extreme extremely fair false
feel felt few frequently good great half hardly have high hour hours i in is it
know least less like likely little lot low many medium mild mildly missing
moderate moderately monthly more most mostly much n na nan nearly neither neutral
never no none nor normal not nothing null occasionally of often once or other
partial partly poor prefer present quite rarely refused same say seldom several
severe severely skip skipped slight slightly some sometimes somewhat strongly t
than the time times to totally true twice unable unknown unlikely usually
very week weekly weeks well worse yes
alle als an beinahe der die einzelnen etwas fast gar gelegentlich hälfte häufig
immer ja jeden kaum keine manchmal mehr meistens mittel nein nicht nie oft
schlecht sehr selten stark stimmt tag tage tagen überhaupt unbekannt weiß
wenig ziemlich
assez beaucoup du jamais jour jours la les moitié non oui parfois pas peu plus
plusieurs presque rarement souvent toujours tous tout un très
a algo bastante casi de días la los mai mitad más menudo molto mucho muy nada
não niente nunca per poco por qualche quase raramente rara sempre sí sì siempre
sim spesso todos varios veces vez volta às vezes
aldrig alltid altid altijd bijna helemaal ibland ikke inte nee niet nooit ofte
ofta soms vaak zelden
"""
_IN_ANSWERS = frozenset(_ANSWERS.split())
_BESIDE_NUMBERS = _IN_ANSWERS | frozenset(_MONTHS.split())


def may_be_repeated(cell: str) -> bool:
    """Whether a cell says nothing of a person beyond an answer, a number or a date."""
    if len(cell) > LONGEST or not cell.isprintable():
        return False
    if _CODE.fullmatch(cell) or _ERROR.fullmatch(cell):
        return True
    parts = _PARTS.findall(cell)
    digits = sum(len(part) for part in parts if part.isdigit())
    if digits > _MOST_DIGITS and not _DATE.fullmatch(cell):
        return False
    known = _BESIDE_NUMBERS if digits else _IN_ANSWERS
    return all(part.isdigit() or part.casefold() in known for part in parts)
