"""A counterexample as a message sequence chart: one lane for each actor that takes part, one line a step.

Given a result with a trace; gives text.  An arrow runs from who acts to whom the action is addressed (its target); an
action without a target is a mark on its actor's lane.
"""

from __future__ import annotations

from tdispmodel.ir.expressions import Actor
from tdispmodel.reports.naming import WHO, Names
from tdispmodel.reports.plain import WIDTH, cut, joined
from tdispmodel.reports.trace import marked, trace_of
from tdispmodel.verdict import Result, Trace

ORDER = (Actor.RELYING_PARTY, Actor.USERSPACE, Actor.KERNEL, Actor.DEVICE, Actor.HOST, Actor.ENVIRONMENT)
HEADS = {**WHO, Actor.DEVICE: "TDI", Actor.RELYING_PARTY: "rel. party", Actor.ENVIRONMENT: "environm."}
NUMBER = 4
WIDEST_LANE = 16


def chart(result: Result) -> str:
    """Return the chart of the behaviour that ``result`` shows; empty when it shows none."""
    trace = trace_of(result)
    if trace is None or not trace.steps:
        return ""
    drawing = _Drawing(Names(result.system), trace)
    return joined(drawing.lines())


class _Drawing:
    """Draws one trace."""

    def __init__(self, names: Names, trace: Trace) -> None:
        self.names, self.trace = names, trace
        involved = {actor for action, _ in trace.steps for actor in self.ends(action) if actor is not None}
        lanes = [actor for actor in ORDER if actor in involved]
        self.spacing = min(WIDEST_LANE, (WIDTH - NUMBER - 2) // max(1, len(lanes)))
        self.middle = {
            actor: NUMBER + 2 + number * self.spacing + self.spacing // 2 for number, actor in enumerate(lanes)
        }

    def lines(self) -> list[str]:
        """Return the heads, then each step, then where a loop goes back to."""
        drawn = [self.heads()]
        for number, (action, _) in enumerate(self.trace.steps, 1):
            drawn += self.step(number, action)
            if self.trace.loop == number:
                drawn[-1:] = marked(drawn[-1:], ["<== loop starts here"])
        if self.trace.loop is not None:
            drawn.append(" " * (NUMBER + 2) + f"back to {self.trace.loop}")
        return drawn

    def ends(self, action: str) -> tuple[Actor | None, Actor | None]:
        """Return who acts, and on whom."""
        found = self.names.system.by_name.get(action)
        return (found.actor, found.template.target) if found else (None, None)

    def heads(self) -> str:
        line = ""
        for actor, middle in self.middle.items():
            head = cut(HEADS[actor], self.spacing - 1)
            line = line.ljust(middle - len(head) // 2) + head
        return line.rstrip()

    def lifelines(self, label: str) -> str:
        line = label
        for middle in self.middle.values():
            line = line.ljust(middle) + "|"
        return line

    def step(self, number: int, action: str) -> list[str]:
        """Return the lines of one step: an arrow with its name in it, or above it where it is too long."""
        source, target = self.ends(action)
        name = self.names.action(action)
        line = self.lifelines(f"{number:>{NUMBER}}")
        if source is None:
            return [self.over(line, NUMBER + 2, cut(name, WIDTH - NUMBER - 2)).rstrip()]
        start = self.middle[source]
        if target is None or target is source:
            text = f"* {cut(name, WIDTH - 10)}"
            return [self.over(line, min(start, WIDTH - len(text)), text + " ").rstrip()]
        end = self.middle[target]
        inner = abs(end - start) - 1
        left, right = min(start, end), max(start, end)
        label = f" {name} " if len(name) + 4 <= inner else ""
        shaft = label.center(inner - 1, "-")
        arrow = f"{shaft}>" if start < end else f"<{shaft}"
        drawn = line[: left + 1] + arrow + line[right:]
        if label:
            return [drawn.rstrip()]
        shown = cut(name, WIDTH - NUMBER - 4)
        above = self.over(line, max(NUMBER + 2, min(left + 1, WIDTH - len(shown) - 2)), f" {shown} ")
        return [above.rstrip(), (" " * NUMBER + drawn[NUMBER:]).rstrip()]

    @staticmethod
    def over(line: str, start: int, text: str) -> str:
        """Return ``line`` with ``text`` written over it from column ``start`` on."""
        return (line.ljust(start)[:start] + text + line[start + len(text) :])[:WIDTH]
