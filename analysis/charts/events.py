"""Names of events above a course panel, or their numbers and a key below it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from analysis.charts.labels import Label, Placer, Rectangle, wrapped
from analysis.charts.panel import Panel, line
from analysis.charts.style import COLOUR, REGULAR, SIZE, points
from analysis.wording import Wording

Event = tuple[date, str]

# More events than this are numbered, with a key line under the panel.
_MOST_NAMED = 4
# A label longer than this would push all others away; the whole words stand in the key.
_LONGEST = 48
# Height of a row of labels above the panel and of a line of the key, in millimetres.
ROW, KEY_LINE = 4.3, 3.8


@dataclass(frozen=True)
class EventLabels:
    """Labels with y counted from the panel's upper edge, and the lines of the key."""

    labels: tuple[Label, ...] = ()
    key: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """Rows of labels above the panel."""
        if not self.labels:
            return 0
        return 1 + max(int(label.y > points(ROW)) for label in self.labels)


def lay_out(
    events: tuple[Event, ...],
    x: Callable[[date], float],
    edges: tuple[float, float],
    key_width: float,
    words: Wording,
) -> EventLabels:
    """Find a place for the name of every event; number them where that fails.

    x: place of a day in points; edges: where labels may begin and end.
    """
    events = tuple(sorted(events))
    if len(events) <= _MOST_NAMED:
        texts = [_text(event, words) for event in events]
        named = _placed(events, texts, x, edges)
        if named is not None:
            return EventLabels(named)
    numbers = [str(number) for number in range(1, len(events) + 1)]
    labels = _placed(events, numbers, x, edges) or ()
    entries = [
        f"{number}\u00a0{_text(event, words)}"
        for number, event in zip(numbers, events, strict=True)
    ]
    key = wrapped(" · ".join(entries), SIZE["small"], REGULAR, key_width)
    return EventLabels(labels, key)


def _text(event: Event, words: Wording) -> str:
    return words.sentence("chart.event", label=event[1], day=event[0])


def _placed(
    events: tuple[Event, ...],
    texts: list[str],
    x: Callable[[date], float],
    edges: tuple[float, float],
) -> tuple[Label, ...] | None:
    """A label for each event above its triangle, or None where one has no room."""
    if any(len(text) > _LONGEST for text in texts):
        return None
    placer = Placer(Rectangle(edges[0], 0.5, edges[1], points(2 * ROW)))
    at = [x(day) for day, _ in events]
    placer.take(*(Rectangle(a - 2.5, 0, a + 2.5, 5) for a in at))
    labels = []
    for across, text in zip(at, texts, strict=True):
        label = placer.place(_places(Label((text,), across, 0.0), across))
        if label is None:
            return None
        labels.append(label)
    return tuple(labels)


def _places(label: Label, x: float) -> Iterator[Label]:
    for row in (0, 1):
        bottom = 1.2 + row * points(ROW)
        yield label.at(x + 4, 0).with_bottom(bottom)
        yield label.at(x - 4, 0, "right").with_bottom(bottom)


def draw_events(panel: Panel, events: tuple[Event, ...], layout: EventLabels) -> None:
    """Set the triangles, the labels over them and the key under the date axis."""
    xs = [panel.x(day) for day, _ in events]
    look = {"marker": "v", "ms": 4.6, "mfc": COLOUR["grey"], "mec": COLOUR["grey"]}
    line(panel, xs, [panel.top + 2.6] * len(xs), ls="none", mew=0, **look)
    for label in layout.labels:
        replace(label, y=label.y + panel.top).draw(panel.axes)
    top = panel.bottom - points(5.0)
    for row, text in enumerate(layout.key):
        label = Label((text,), panel.left, 0.0)
        label.with_top(top - row * points(KEY_LINE)).draw(panel.axes)
