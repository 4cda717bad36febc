"""A behaviour as a Mermaid sequence diagram, as wikis and code hosts draw them from text.

Given a result; gives text, empty where the result shows no behaviour.
"""

from __future__ import annotations

from tdispmodel.ir.expressions import Actor
from tdispmodel.reports.pictures.story import Message, Story, head, story
from tdispmodel.reports.plain import ascii_only
from tdispmodel.verdict import Result

SPECIAL = {";": "#59;", "#": "#35;", "<": "#60;", "%": "#37;", "{": "#123;", "}": "#125;", "&": "#38;"}
"""Marks that mean something to Mermaid, as its entities."""


def chart(result: Result) -> str:
    """Return the diagram."""
    told = story(result)
    if told is None:
        return ""
    lines = ["sequenceDiagram", f"    accTitle: {said(told.title)}", "    autonumber"]
    lines += [f"    participant {actor.name} as {said(head(actor))}" for actor in told.lanes]
    for message in told.messages:
        if told.loop is not None and message.number == told.loop + 1:
            lines.append("    loop for ever")
        lines += drawn(message)
    if told.loop is not None and told.loop < len(told.messages):
        lines.append("    end")
    elif told.loop is not None:
        lines.append(over(told, told.ends))
    return "\n".join(lines) + "\n"


def drawn(message: Message) -> list[str]:
    """Return the lines of one step: its arrow, and a note of what it changes."""
    target: Actor = message.source if message.target is None else message.target
    lines = [f"    {message.source.name}->>{target.name}: {said(message.name)}"]
    if message.changes:
        lines.append(f"    Note right of {target.name}: {'<br/>'.join(map(said, message.changes))}")
    return lines


def over(told: Story, text: str) -> str:
    """Return a note over all lanes."""
    ends = [told.lanes[0].name, *([told.lanes[-1].name] if len(told.lanes) > 1 else [])]
    return f"    Note over {','.join(ends)}: {said(text)}"


def said(text: str) -> str:
    """Return text that Mermaid shows as it is, on one line."""
    plain = "".join(SPECIAL.get(character, character) for character in ascii_only(text))
    return f"({plain})" if plain.lower() == "end" else plain
