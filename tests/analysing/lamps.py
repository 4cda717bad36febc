"""A small catalogue for tests: two designs of a lamp that somebody may switch on, properties, variants."""

from __future__ import annotations

from pathlib import Path

from tdispmodel.checking.catalogue import Catalogue

BASE = '''"""A lamp."""

from tdispmodel.dsl import Actor, Component, Constant, action, initially, require


class Lamp(Component):
    """A lamp that is switched on by hand."""

    wired: Constant[bool] = True
    storms: Constant[bool] = False
    on: bool = False
    burnt: bool = False

    def may_press(self) -> bool:
        return self.wired

    @action(by=Actor.USERSPACE)
    def press(self) -> None:
        """Somebody presses the switch. [the house]"""
        require(self.may_press() and not self.burnt)
        self.on = not self.on

    @action(by=Actor.HOST)
    def surge(self) -> None:
        """Too much power comes in. [the street]"""
        require(self.storms)
        self.burnt = True
        self.on = False
'''

SAFE = '''"""A lamp with a fuse."""

from proposals.plain import Lamp
from tdispmodel.dsl import removes


@removes(Lamp.surge)
class FusedLamp(Lamp):
    """A lamp that no surge reaches.

    No guest can do that: it is the best that a lamp can be.
    """

    storms = True
'''

PROPERTIES = '''"""What is asked of lamps."""

from proposals.plain import Lamp
from tdispmodel.dsl import given, invariant, must_be_possible, stays_possible


@invariant(code="LAMP1")
def stays_dark(now: Lamp) -> bool:
    """A lamp is never on."""
    return not now.on


@invariant(code="LAMP2")
def never_burns(now: Lamp) -> bool:
    """A lamp never burns."""
    return not now.burnt


@stays_possible(code="LAMP3", after=lambda now: True)
def can_be_lit_again(now: Lamp) -> bool:
    """A lamp can always be on again."""
    return now.on


@given(wired=True)
@must_be_possible(code="LAMP4")
def can_be_lit(now: Lamp) -> bool:
    """A lamp that is wired can be on."""
    return now.on
'''

VARIANTS = """
[storm]
set = { storms = true }
why = "What a surge does."

[no_wire]
set = { wired = false }
why = "A lamp without a wire."

[dark_storm]
set = { storms = true, wired = false }
why = "Both."

[calm]
set = { storms = true }
without = ["host.surge"]
proposals = ["plain"]
why = "A storm without a surge."
"""


def catalogue(folder: Path, variants: str = VARIANTS) -> Catalogue:
    """Write the catalogue into a folder and return it."""
    texts = {
        "pyproject.toml": "",
        "proposals/plain.py": BASE,
        "proposals/safe.py": SAFE,
        "properties/lamps.py": PROPERTIES,
        "proposals/variants.toml": variants,
    }
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return Catalogue(folder)
