"""No automatic probe for TDISP capable devices only, plus an event to userspace."""

from __future__ import annotations

from tdispmodel.dsl import replaces, require
from tdispmodel.models.base import Device, Guest


class TdispNoAutobind(Guest):
    """The device core attaches no driver on its own to a device that shows the TDISP capability; udev gets an event.

    The capability bit is the device's word, so the host's: a device that hides it is bound as any other (debate 107).
    Gives up: by a device that hides its capability `kernel_binds_only_verified`,
    `kernel_binds_only_verified_after_boot`, `no_shared_exposure_after_initrd`, `no_shared_bind_with_secrets`,
    `no_shared_driver_with_secrets`, `no_impostor_with_secrets`, `wanted_device_gets_its_driver`.
    Source: the answer of 29 Aug 2025 23:34 to 68b206c9e3f43_75db100e4@dwillia2-mobl4.notmuch.
    """

    @replaces(Guest.automatic_probe_is_allowed)
    def automatic_probe_is_allowed(self, device: Device) -> bool:
        """Only devices without the capability are probed automatically."""
        return not device.shows_tdisp

    @replaces(Guest.fake_capability)
    def fake_capability(self, device: Device) -> None:
        """The host hides, or shows, the TDISP capability of a device before the kernel enumerates it. [debate 107]"""
        require(device.arrived or not device.present)
        device.shows_tdisp = not device.shows_tdisp
