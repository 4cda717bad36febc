"""The state graph of a few variables as an SVG picture: its nodes on a circle, in the order in which they are met.

Given a `Projection`; gives a picture that needs no other file and runs nothing.  A curve bends to its right, so that a
way and its way back stand apart; a touch of it names all its actions.
"""

from __future__ import annotations

import math
from html import escape

from tdispmodel.exporting.foreign import Inexpressible
from tdispmodel.exporting.projection import Projection, Values, label

MOST_NODES = 24
"""More are too many to be told apart on a circle."""
LETTER, HIGH, BEND, MARGIN = 7.2, 16, 26.0, 60.0
MOST_NAMES = 3

Point = tuple[float, float]


def svg(seen: Projection) -> str:
    """Return the picture.  Raises `Inexpressible` when there is too much in it."""
    if len(seen.nodes) > MOST_NODES:
        message = f"{len(seen.nodes)} combinations of values, and a circle has room for {MOST_NODES}; try dot"
        raise Inexpressible(message)
    half = {values: (_widest(values) * LETTER / 2 + 10, len(values) * HIGH / 2 + 6) for values in seen.nodes}
    radius = max(150.0, 46.0 * len(seen.nodes))
    wide = max(width for width, _ in half.values())
    middle = (radius + wide + MARGIN, radius + MARGIN)
    place = {
        values: (middle[0] + radius * math.sin(turn), middle[1] - radius * math.cos(turn))
        for values, turn in zip(seen.nodes, _turns(len(seen.nodes)), strict=True)
    }
    width, height = 2 * middle[0], 2 * middle[1]
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family="sans-serif" font-size="12">',
        f"<title>{_text(f'{seen.name}: ' + ', '.join(seen.variables))}</title>",
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>',
    ]
    for (before, after), names in seen.moves.items():
        lines += _move(place[before], place[after], half[before], half[after], names)
    for values in seen.nodes:
        lines += _node(values, place[values], half[values], start=values in seen.starts)
    return "\n".join([*lines, "</svg>"]) + "\n"


def _turns(count: int) -> list[float]:
    return [2 * math.pi * position / count for position in range(count)]


def _widest(values: Values) -> int:
    return max(map(len, values))


def _node(values: Values, at: Point, half: Point, *, start: bool) -> list[str]:
    x, y = at
    size = f'x="{x - half[0]:.1f}" y="{y - half[1]:.1f}" width="{2 * half[0]:.1f}" height="{2 * half[1]:.1f}" rx="9"'
    lines = [f'<rect {size} fill="#ffffff" stroke="#1b2130" stroke-width="{2.4 if start else 1.2}"/>']
    top = y - HIGH * (len(values) - 1) / 2 + 4
    for number, text in enumerate(label(values).split("\n")):
        lines.append(f'<text x="{x:.1f}" y="{top + HIGH * number:.1f}" text-anchor="middle">{_text(text)}</text>')
    return lines


def _move(start: Point, end: Point, from_half: Point, to_half: Point, names: tuple[str, ...]) -> list[str]:
    (x1, y1), (x2, y2) = start, end
    far = math.hypot(x2 - x1, y2 - y1)
    bent = (-(y2 - y1) / far * BEND, (x2 - x1) / far * BEND)
    control = ((x1 + x2) / 2 + 2 * bent[0], (y1 + y2) / 2 + 2 * bent[1])
    begin, tip = _edge(start, from_half, control), _edge(end, to_half, control)
    turn = math.atan2(tip[1] - control[1], tip[0] - control[0])
    wings = [(tip[0] - 8 * math.cos(turn + side), tip[1] - 8 * math.sin(turn + side)) for side in (0.4, -0.4)]
    curve = f"M{_at(begin)} Q{_at(control)} {_at(tip)} M{_at(wings[0])} L{_at(tip)} L{_at(wings[1])}"
    listed = list(names[:MOST_NAMES]) + ([f"and {len(names) - MOST_NAMES} more"] if len(names) > MOST_NAMES else [])
    x, y = (x1 + x2) / 2 + bent[0] * 1.3, (y1 + y2) / 2 + bent[1] * 1.3 - 6 * (len(listed) - 1)
    lines = [f'<g fill="none" stroke="#5a6478" stroke-width="1.3"><title>{_text(", ".join(names))}</title>']
    lines.append(f'<path d="{curve}"/></g>')
    for number, name in enumerate(listed):
        lines.append(
            f'<text x="{x:.1f}" y="{y + 13 * number:.1f}" text-anchor="middle" font-size="11" fill="#2456c7" '
            f'paint-order="stroke" stroke="#ffffff" stroke-width="3">{_text(name)}</text>'
        )
    return lines


def _edge(middle: Point, half: Point, towards: Point) -> Point:
    """Return where the line from the middle of a box to a point leaves the box."""
    dx, dy = towards[0] - middle[0], towards[1] - middle[1]
    scale = min(half[0] / max(abs(dx), 1e-6), half[1] / max(abs(dy), 1e-6))
    return (middle[0] + dx * scale, middle[1] + dy * scale)


def _at(point: Point) -> str:
    return f"{point[0]:.1f},{point[1]:.1f}"


def _text(text: str) -> str:
    return escape(text.encode("ascii", "backslashreplace").decode("ascii"))
