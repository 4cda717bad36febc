"""What must stay possible, whatever the host did."""

from __future__ import annotations

from tdispmodel.dsl import stays_possible
from tdispmodel.models.base import Device, Driver, Guest, Identity, Mapping, Tdi


@stays_possible(
    code="TDM501",
    after=lambda now, device: device.present and device.identity is Identity.GENUINE and not now.secrets,
)
def run_stays_reachable(now: Guest, device: Device) -> bool:
    """Before secrets, a genuine device can still get to RUN with its operating driver and private mappings. [debate 61, 62, 141]"""
    return device.driver is Driver.OPERATING and device.mapping is Mapping.PRIVATE and device.tdi is Tdi.RUN
