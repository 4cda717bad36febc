"""The device alone means to the reader what it means to CPython."""

from __future__ import annotations

import importlib
from dataclasses import replace

from tdispmodel.reading import read
from tdispmodel.semantics import Scope
from tests.interface.device import MODEL
from tests.laws.agreement import differences
from tests.laws.native_runner import Native, imported

ROOT = MODEL.parents[2]
STATES = 60


def test_python_runs_the_same_device() -> None:
    """Natively, the first states of the device with two TDIs have the steps and truths that they have as read."""
    asked = ROOT / "properties" / "tdisp.py"
    reading = read(MODEL, (ROOT,))
    model = replace(reading.model, properties=reading.properties_from([asked]).properties)
    module = importlib.import_module("tdispmodel.models.interface")
    native = Native(module, 2, property_modules=(imported(asked, ROOT),))
    assert [] == differences(native, model, Scope(devices=2), STATES)
