"""A behaviour as an SVG picture: a lane for each who takes part, and beside each step what it changes.

Given a result; gives a picture that needs no other file, runs nothing, and is read on any background; empty where the
result shows no behaviour.
"""

from __future__ import annotations

from html import escape

from tdispmodel.ir.expressions import Actor
from tdispmodel.reports.pictures.story import Message, Story, head, story
from tdispmodel.reports.plain import cut
from tdispmodel.verdict import Result

COLOURS = {
    Actor.RELYING_PARTY: "#7a3e9d",
    Actor.USERSPACE: "#0a6b66",
    Actor.KERNEL: "#2456c7",
    Actor.DEVICE: "#8a5a00",
    Actor.HOST: "#b3261e",
    Actor.ENVIRONMENT: "#4d5a6b",
}
INK, SOFT, LINE, BAD = "#1b2130", "#5a6478", "#d9dde4", "#b3261e"
MARGIN, NUMBER, SPACING, HEAD, ROW, CHANGE = 16, 26, 118, 62, 40, 15
LETTER, SMALL = 7.0, 6.7
"""How wide a letter is at most, in the names of steps and in changes."""
MOST_CHANGES, LONGEST_CHANGE = 5, 60


def chart(result: Result) -> str:
    """Return the picture."""
    told = story(result)
    return "" if told is None else _Picture(told).text()


class _Picture:
    """Draws one story."""

    def __init__(self, told: Story) -> None:
        self.told = told
        self.changes = {message.number: _shown(message) for message in told.messages}
        self.middle = {actor: MARGIN + NUMBER + SPACING * (n + 0.5) for n, actor in enumerate(told.lanes)}
        names = max(len(message.name) for message in told.messages)
        self.lanes_end = MARGIN + NUMBER + max(SPACING * len(told.lanes), names * LETTER + SPACING)
        widest = max((len(change) for listed in self.changes.values() for change in listed), default=0)
        self.width = max(self.lanes_end + widest * SMALL, len(told.title) * LETTER + MARGIN) + MARGIN
        self.place: dict[int, float] = {}
        below: float = MARGIN + HEAD
        for message in told.messages:
            self.place[message.number] = below + 24
            below += max(ROW, CHANGE * len(self.changes[message.number]) + 12)
        self.lanes_below = below
        self.height = below + (30 if told.ends else 0) + MARGIN

    def text(self) -> str:
        """Return the whole picture."""
        told = self.told
        size = f'width="{self.width:.0f}" height="{self.height:.0f}" viewBox="0 0 {self.width:.0f} {self.height:.0f}"'
        lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family="sans-serif" font-size="12">',
            f"<title>{escape(told.title)}</title>",
            f'<rect width="{self.width:.0f}" height="{self.height:.0f}" fill="#ffffff"/>',
            _words(MARGIN, MARGIN + 8, told.title, font_weight="bold"),
        ]
        for actor in told.lanes:
            x = self.middle[actor]
            lines.append(_line((x, MARGIN + HEAD - 8), (x, self.lanes_below), LINE))
            lines.append(
                _words(x, MARGIN + HEAD - 16, head(actor), COLOURS[actor], text_anchor="middle", font_weight="bold")
            )
        for message in told.messages:
            lines += self.step(message)
        if told.ends:
            lines.append(_words(MARGIN + NUMBER, self.lanes_below + 22, told.ends, SOFT))
        return "\n".join([*lines, "</svg>"]) + "\n"

    def step(self, message: Message) -> list[str]:
        """Return the parts of one step."""
        y, colour = self.place[message.number], COLOURS[message.source]
        start = self.middle[message.source]
        last = self.told.violated and message.number == len(self.told.messages) and self.told.loop is None
        ink = BAD if last else INK
        lines = [_words(MARGIN + NUMBER - 8, y + 4, str(message.number), SOFT, text_anchor="end")]
        if message.target is None:
            lines.append(f'<circle cx="{start:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>')
            lines.append(_words(start + 9, y + 4, message.name, ink, font_weight="bold"))
        else:
            end = self.middle[message.target]
            back = -8 if end > start else 8
            tip = end - 1 if end > start else end + 1
            lines.append(_line((start, y), (tip, y), colour))
            lines.append(
                f'<path d="M{tip + back:.1f},{y - 4:.1f} L{tip:.1f},{y:.1f} L{tip + back:.1f},{y + 4:.1f}" '
                f'fill="none" stroke="{colour}" stroke-width="1.6"/>'
            )
            half = len(message.name) * LETTER / 2
            centre = max((start + end) / 2, MARGIN + NUMBER + half)
            lines.append(_words(centre, y - 7, message.name, ink, text_anchor="middle", font_weight="bold"))
        for number, change in enumerate(self.changes[message.number]):
            lines.append(
                _words(self.lanes_end, y - 4 + CHANGE * number, change, SOFT, font_family="monospace", font_size=11)
            )
        return lines


def _shown(message: Message) -> tuple[str, ...]:
    """Return what a step changes, cut where it is very much."""
    listed = [cut(change, LONGEST_CHANGE) for change in message.changes]
    if len(listed) > MOST_CHANGES:
        listed = [*listed[: MOST_CHANGES - 1], f"and {len(listed) - MOST_CHANGES + 1} more"]
    return tuple(listed)


def _line(start: tuple[float, float], end: tuple[float, float], colour: str) -> str:
    ends = f'x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}"'
    return f'<line {ends} stroke="{colour}" stroke-width="1.4"/>'


def _words(x: float, y: float, text: str, colour: str = INK, **kind: object) -> str:
    """Return words at a place; ``kind`` are attributes, with ``_`` for ``-``."""
    attributes = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in kind.items())
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}"{attributes}>{escape(text)}</text>'
