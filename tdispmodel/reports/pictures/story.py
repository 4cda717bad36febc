"""A behaviour as a sequence chart needs it: who takes part, and for each step from whom to whom, its name, its changes.

Given a result with a trace; gives plain data, which each way of drawing turns into its own text.
"""

from __future__ import annotations

from dataclasses import dataclass

from tdispmodel.ir.expressions import Actor
from tdispmodel.reports.chart import HEADS, ORDER
from tdispmodel.reports.naming import Names
from tdispmodel.reports.options import title
from tdispmodel.reports.plain import ascii_only
from tdispmodel.reports.trace import changes, trace_of
from tdispmodel.verdict import Answer, Result


@dataclass(frozen=True)
class Message:
    """One step: its number from 1, who acts, whom it is addressed to (None: nobody), what it is called and changes."""

    number: int
    source: Actor
    target: Actor | None
    name: str
    changes: tuple[str, ...]


@dataclass(frozen=True)
class Story:
    """A behaviour.  ``loop`` is the number of the step behind which it goes back to, as in a trace."""

    title: str
    lanes: tuple[Actor, ...]
    messages: tuple[Message, ...]
    loop: int | None
    violated: bool

    @property
    def ends(self) -> str:
        """What becomes of it at the end, empty where it just ends."""
        if self.loop is None:
            return ""
        if self.loop == len(self.messages):
            return "stays here for ever"
        return f"{self.loop + 1} to {len(self.messages)} repeat for ever"


def story(result: Result) -> Story | None:
    """Return the behaviour that a result shows, None where it shows none, or one without a step."""
    trace = trace_of(result)
    if trace is None or not trace.steps:
        return None
    names = Names(result.system)
    states = trace.states
    messages = []
    for number, (name, after) in enumerate(trace.steps, 1):
        action = result.system.by_name[name]
        target = action.template.target
        messages.append(
            Message(
                number,
                action.actor,
                None if target is action.actor else target,
                names.action(name),
                tuple(changes(names, states[number - 1], after)),
            )
        )
    involved = {actor for message in messages for actor in (message.source, message.target)}
    question = result.verdict.property
    violated = result.verdict.answer is Answer.VIOLATED
    outcome = "violated" if violated else "shown"
    return Story(
        ascii_only(f"{title(question)}: {outcome} in {result.proposal}"),
        tuple(actor for actor in ORDER if actor in involved),
        tuple(messages),
        trace.loop,
        violated,
    )


def head(actor: Actor) -> str:
    """Return what stands above a lane."""
    return HEADS[actor]
