"""From text to models and properties.  Model files are read as text: never imported, never executed.

`read` gives a `Reading`: the model of a file, the properties that stand in it, and (``properties_from``) those of
property files as they apply to this model.  `read_model` is a shortcut.  Everything raises `Rejected`, with all
mistakes that were found.
"""

from tdispmodel.reading.mappings import Mapped
from tdispmodel.reading.mistakes import CATALOGUE
from tdispmodel.reading.properties import NotApplicable
from tdispmodel.reading.readings import PropertiesRead, Reading, read, read_model, read_properties

__all__ = [
    "CATALOGUE",
    "Mapped",
    "NotApplicable",
    "PropertiesRead",
    "Reading",
    "read",
    "read_model",
    "read_properties",
]
