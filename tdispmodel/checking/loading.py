"""One proposal read: its model, the model it changes, and the properties that are asked of it.

The catalogue's properties are asked of every model that derives from `Guest`; a model's own properties always.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tdispmodel.checking.catalogue import PACKAGE, Catalogue
from tdispmodel.ir.model import Model, Property
from tdispmodel.reading import read
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
    model = reading.model
    properties, left = model.properties, reading.skipped
    if with_properties and derives_from_guest(model):
        found = reading.properties_from(catalogue.property_files)
        properties, left = (*found.properties, *properties), (*found.skipped, *left)
    skipped = tuple(Skipped(model.name, known.name, known.code, known.reason) for known in left)
    return Loaded(model, reading.base() or model, tuple(sorted(properties, key=lambda known: known.code)), skipped)


def derives_from_guest(model: Model) -> bool:
    """Whether the root component of ``model`` is `Guest` or derives from it."""
    return GUEST in model.component(model.root).lineage
