"""What some of the cases import."""

from enum import Enum, auto

from tdispmodel.dsl import Component


class Kind(Enum):
    """Two kinds."""

    ONE = auto()
    TWO = auto()


class Thing(Component):
    """A thing of one kind."""

    kind: Kind = Kind.ONE
