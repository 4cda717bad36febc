"""tdispmodel: a model checker for designs that decide when a driver may touch a TDISP device."""

__version__ = "0.1.0"
