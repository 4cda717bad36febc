"""Names as a reader wants them: with one device, ``tdi`` and ``bind`` for ``devices[0].tdi`` and ``bind(devices[0])``.

Given a system; gives short names, but only where all names stay distinct, and a sentence that says what was left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property

from tdispmodel.ir.expressions import Actor, Expression, Read, Took, rebuilt
from tdispmodel.ir.system import System
from tdispmodel.printing import compact
from tdispmodel.reports.plain import ascii_only

ONLY = re.compile(r"(\w+\[0\])\.")
ONLY_ARGUMENTS = re.compile(r"\(\w+\[0\](?:, \w+\[0\])*\)$")
ANY_STEP = "any step of "
ONE_STEP = re.compile(r"step (not )?in \{([^{},]*)\}")

WHO = {
    Actor.DEVICE: "device",
    Actor.KERNEL: "kernel",
    Actor.USERSPACE: "userspace",
    Actor.RELYING_PARTY: "relying party",
    Actor.HOST: "host",
    Actor.ENVIRONMENT: "environment",
}


class Names:
    """The names of one system."""

    def __init__(self, system: System) -> None:
        self.system = system
        self._variables = self._shortened([variable.name for variable in system.variables], without_only)
        self._actions = self._shortened([action.name for action in system.actions], without_arguments)

    @cached_property
    def left_out(self) -> str:
        """The instance that is left out of names, empty when none is: ``devices[0]``."""
        shortened = {
            found[1] for full, short in self._variables.items() if full != short and (found := ONLY.match(full))
        }
        return ", ".join(sorted(shortened))

    def variable(self, name: str) -> str:
        """Return the name of a variable for a reader."""
        return self._variables.get(name, ascii_only(name))

    def action(self, name: str) -> str:
        """Return the name of an action instance for a reader."""
        return self._actions.get(name, ascii_only(name))

    def who(self, action: str) -> str:
        """Return who takes an action; ``?`` when the system has none of this name."""
        found = self.system.by_name.get(action)
        return WHO[found.actor] if found else "?"

    def formula(self, expression: Expression) -> str:
        """Return a ground formula with short names; values after the step have a prime."""

        def renamed(node: Expression) -> Expression | None:
            match node:
                case Read(name, sort, after):
                    return Read(self.variable(name), sort, after)
                case Took(names):
                    return Took(frozenset(self.steps(names)))
                case _:
                    return None

        return ascii_only(ONE_STEP.sub(_one_step, compact(rebuilt(expression, renamed))))

    def steps(self, names: frozenset[str]) -> list[str]:
        """Return what a set of action instances is called: whole groups by what they share, the others by name."""
        by_actor: dict[str, set[str]] = {}
        by_template: dict[str, set[str]] = {}
        for action in self.system.actions:
            by_actor.setdefault(f"{ANY_STEP}{WHO[action.actor]}", set()).add(action.name)
            by_template.setdefault(f"any {action.template.name}", set()).add(action.name)
        called: list[str] = []
        left = set(names)
        for groups in (by_actor, by_template):
            for group, members in groups.items():
                if len(members) > 1 and members <= left:
                    called.append(group)
                    left -= members
        return sorted(called) + sorted(self.action(name) for name in left)

    def _shortened(self, names: list[str], shorten: Callable[[str], str]) -> dict[str, str]:
        """Return the short names if there is one device and all of them are distinct, else the full ones."""
        short = {name: ascii_only(shorten(name)) for name in names}
        if self.system.devices == 1 and len(set(short.values())) == len(names):
            return short
        return {name: ascii_only(name) for name in names}


def _one_step(found: re.Match[str]) -> str:
    """Return ``step in {bind}`` as ``step is bind``, and ``step in {any step of kernel}`` as ``step by kernel``."""
    no, name = found[1] or "", found[2]
    if name.startswith(ANY_STEP):
        return f"step {no}by {name.removeprefix(ANY_STEP)}"
    return f"step is {no}{name}"


def without_only(variable: str) -> str:
    """Return a variable's name without the instance that is the only one of its kind."""
    return ONLY.sub("", variable, count=1) if ONLY.match(variable) else variable


def without_arguments(action: str) -> str:
    """Return an action's name without instances that are the only ones of their kind."""
    return ONLY_ARGUMENTS.sub("", action)
