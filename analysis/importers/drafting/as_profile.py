"""The text of a draft: a profile that the import reads, guesses and gaps as remarks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from analysis.importers.drafting.draft import Draft, FormGuess, Question

_ASKED = "# ? "


def profile_text(draft: Draft, file: str) -> str:
    """The draft as TOML. Lines that begin with "# ?" wait for an answer."""
    parts = [
        _head(draft, file),
        _match(draft),
        _columns(draft),
        _dates(draft),
        _notes(draft),
        *(_form(form) for form in draft.forms),
        _template(draft),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def quoted(text: str) -> str:
    """A text as a TOML string."""
    plain = json.dumps(text.encode(errors="replace").decode(), ensure_ascii=False)
    return plain.replace("\x7f", "\\u007f")


def _remark(text: str) -> str:
    """A sentence as a remark: one line, whatever the names of columns hold."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _head(draft: Draft, file: str) -> str:
    lines = [
        f"# A draft by `python -m analysis profile` for {_remark(file)}:",
        f"# {len(draft.names)} columns, {draft.n_rows} rows. Behind each guess stands "
        "how sure it is.",
    ]
    if draft.questions:
        lines.append(
            '# Lines that begin with "# ?" could not be guessed: write the answer and '
            "take the mark away."
        )
    lines.append(f"name = {quoted(draft.name)}")
    if draft.everyone:
        lines.append(f"everyone = {quoted(draft.everyone)}  # sure: you said so")
    elif "client" not in draft.columns:
        lines.append(f'{_ASKED}everyone = "A-101"  # if the file is one person\'s')
    if draft.dropped:
        names = ", ".join(quoted(name) for name in draft.dropped)
        lines.append(f"drop = [{names}]  # they name or locate a person")
    return "\n".join(lines)


def _match(draft: Draft) -> str:
    """Every column that the draft reads from: other files then do not fit it."""
    is_open = not draft.forms or any(not form.measure for form in draft.forms)
    names = [guess.column for guess in draft.columns.values()]
    for form in draft.forms:
        if form.measure:
            names += [*form.items.values(), *form.totals.values()]
    if is_open and "response" not in draft.columns:
        names = [name for name in draft.names if name.strip()]
    names = list(dict.fromkeys(names))
    return "[match]\ncolumns = " + _listed(names)


def _listed(names: Sequence[str]) -> str:
    if len(names) < 5:
        return "[" + ", ".join(map(quoted, names)) + "]"
    return "[\n" + "".join(f"  {quoted(name)},\n" for name in names) + "]"


def _columns(draft: Draft) -> str:
    lines = ["[columns]"]
    for role in ("client", "date"):
        if role not in draft.columns and not (role == "client" and draft.everyone):
            wanted = _choices(draft, role)
            lines.append(f'{_ASKED}{role} = "…"  # {wanted}')
    for role, guess in draft.columns.items():
        lines.append(
            f"{role} = {quoted(guess.column)}  # {guess.sure}: {_remark(guess.why)}"
        )
    for name, why in draft.left.items():
        told = f" ({why})" if why else ""
        lines.append(f"# nothing is read from: {_remark(name)}{told}")
    return "\n".join(lines)


def _choices(draft: Draft, key: str) -> str:
    asked = next((q for q in draft.questions if q.key == key), Question(key, ""))
    return "one of: " + _remark(", ".join(asked.choices)) if asked.choices else ""


def _dates(draft: Draft) -> str:
    lines = []
    if draft.order:
        lines.append(f"order = {quoted(draft.order)}  # sure: {draft.order_why}")
    elif any(q.key == "order" for q in draft.questions):
        lines.append(f'{_ASKED}order = "day-first"  # or "month-first"')
    if draft.timezone:
        lines.append(f"timezone = {quoted(draft.timezone)}  # sure: you said so")
    elif any(q.key == "timezone" for q in draft.questions):
        lines.append(f'{_ASKED}timezone = "Europe/London"  # if not the clinic\'s')
    if "date" not in draft.columns:
        lines.append(f"{_ASKED}start = 2025-01-06  # where sessions are only numbered")
        counts = quoted(draft.numbered or "…")
        lines.append(f"{_ASKED}column = {counts}  # the column of their number")
        lines.append(f'{_ASKED}unit = "week"')
    return "\n".join(["[dates]", *lines]) if lines else ""


def _notes(draft: Draft) -> str:
    if not draft.notes:
        return ""
    lines = [f'{quoted(name)} = "note"  # {g.sure}' for name, g in draft.notes.items()]
    return "\n".join(["[notes]", *lines])


def _form(form: FormGuess) -> str:
    """One questionnaire; one that is not known is a remark from end to end."""
    name = form.measure or (form.may_be[0] if len(form.may_be) == 1 else "…")
    lines = ["[[forms]]", f"measure = {quoted(name)}  # {form.sure}: {form.why}"]
    if not form.measure and len(form.may_be) > 1:
        lines[-1] += f"; may be {', '.join(form.may_be)}"
    lines += _items(form.items)
    if form.totals:
        pairs = ", ".join(f"{score} = {quoted(c)}" for score, c in form.totals.items())
        lines.append(f"totals = {{ {pairs} }}")
    if form.add and form.is_add_told:
        lines.append(f"add = {form.add}  # sure: you said so")
    elif form.add:
        lines.append(f"{_ASKED}add = {form.add}  # answers seem to be counted from 1")
    lines += _answers(form)
    if form.measure:
        return "\n".join(lines)
    whole = "\n".join(lines).splitlines()
    return "\n".join(_ASKED + line.removeprefix(_ASKED) for line in whole)


def _template(draft: Draft) -> str:
    """Where no questionnaire was recognised: the lines to fill in."""
    if draft.forms or "response" in draft.columns:
        return ""
    lines = (
        "[[forms]]",
        'measure = "phq9"  # `python -m analysis measures` lists them',
        'items = ["…", "…"]  # columns in the form\'s order',
        'totals = "…"  # or the column of the score',
    )
    return "\n".join(_ASKED + line for line in lines)


def _items(items: Mapping[int, str]) -> list[str]:
    if not items:
        return []
    if list(items) == list(range(1, len(items) + 1)):
        return ["items = " + _listed(list(items.values()))]
    pairs = ", ".join(f"{n} = {quoted(c)}" for n, c in items.items())
    return [f"items = {{ {pairs} }}"]


def _answers(form: FormGuess) -> list[str]:
    if not form.answers and not form.words:
        return []
    known = [f"{quoted(word)} = {number:g}" for word, number in form.answers.items()]
    lines = [f"answers = {{ {', '.join(known)} }}"] if known else []
    if form.words:
        pairs = ", ".join(f"{quoted(word)} = …" for word in form.words)
        lines.append(f"{_ASKED}answers = {{ {pairs} }}  # the number of each")
    return lines
