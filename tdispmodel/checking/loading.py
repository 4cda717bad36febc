"""One proposal read: its model, the model it changes, and the properties that are asked of it.

The catalogue's properties are asked of every model that derives from `Guest`; a model's own properties always.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tdispmodel.checking.catalogue import PACKAGE, Catalogue
from tdispmodel.checking.mistakes import UNKNOWN_PROPERTY
from tdispmodel.ir.model import Model, Property
from tdispmodel.reading import read
from tdispmodel.source import Complaint, Rejected
from tdispmodel.verdict import Skipped

GUEST = "Guest"
"""The component of the base model: what derives from it is a proposal for the catalogue's questions."""


@dataclass(frozen=True)
class Loaded:
    """A proposal as it was read.

    ``base`` is the model that it changes (itself when it changes none), ``properties`` what is asked of it in the order
    of the codes, ``skipped`` what cannot be asked of it and why.
    """

    model: Model
    base: Model
    properties: tuple[Property, ...]
    skipped: tuple[Skipped, ...] = ()


BASE = PACKAGE / "models" / "base.py"
"""The model that proposals change."""


def load_base(catalogue: Catalogue) -> Loaded:
    """Return the base model itself with the catalogue's properties.  Raises `Rejected`."""
    return load(catalogue, BASE)


def load(catalogue: Catalogue, path: Path, *, with_properties: bool = True) -> Loaded:
    """Return the proposal in the file ``path``, its own properties only without ``with_properties``.

    Raises `Rejected` when the proposal, or a property, cannot be read.
    """
    reading = read(path, (catalogue.root,))
    own = reading.model.properties
    asked: tuple[Property, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    if with_properties and derives_from_guest(reading.model):
        asked, skipped = reading.properties_from(catalogue.property_files)
    refuse_namesakes(own, asked)
    properties = tuple(sorted((*asked, *own), key=lambda known: known.code))
    return Loaded(reading.model, reading.base(), properties, skipped)


def derives_from_guest(model: Model) -> bool:
    """Whether the root component of ``model`` is `Guest` or derives from it."""
    return GUEST in model.component(model.root).lineage


def refuse_namesakes(own: tuple[Property, ...], asked: tuple[Property, ...]) -> None:
    """Raise `Rejected` when a model's own property has the name of one that the catalogue asks."""
    names = {known.name for known in asked}
    clashes = [known for known in own if known.name in names]
    if clashes:
        raise Rejected(
            Complaint(
                UNKNOWN_PROPERTY,
                f"the catalogue already has a property {known.name}",
                known.place,
                "give it another name",
            )
            for known in clashes
        )
