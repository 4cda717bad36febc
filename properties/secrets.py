"""What may be exposed before and after the tenant's secrets are deployed."""

from __future__ import annotations

from tdispmodel.dsl import invariant, needs
from tdispmodel.models.base import Device, Driver, Guest, Identity, Mapping


@invariant(code="TDM301")
def no_shared_exposure_after_initrd(now: Device) -> bool:
    """From the initrd on no operating driver was ever bound at T=0. [debate 34, 47, 69, 99 to 101]"""
    return not now.exposed


@invariant(code="TDM302")
def secrets_need_approval(now: Guest) -> bool:
    """Secrets are deployed only after the relying party's approval. [debate 27, 36]"""
    return not now.secrets or now.approved


@invariant(code="TDM303")
def no_shared_driver_with_secrets(now: Guest) -> bool:
    """With secrets deployed no operating driver is bound at T=0. [debate 35, 36, 121]"""
    return not now.secrets or all(
        not (device.driver is Driver.OPERATING and device.mapping is Mapping.SHARED) for device in now.devices
    )


@invariant(code="TDM304")
def no_impostor_with_secrets(now: Guest) -> bool:
    """With secrets deployed a bound device is genuine or its mappings are private. [debate 32, 35]"""
    return not now.secrets or all(
        device.driver is Driver.NONE or device.identity is Identity.GENUINE or device.mapping is Mapping.PRIVATE
        for device in now.devices
    )


@needs("Guest.topology_locked")
@invariant(code="TDM305")
def topology_locked_with_secrets(now: Guest) -> bool:
    """Where the design locks the topology, it is locked while secrets are deployed. [debate 28, 32]"""
    return not now.secrets or now.topology_locked
