"""What must not go on for ever, and what must be possible at all."""

from __future__ import annotations

from properties.recovery import is_wanted
from tdispmodel.dsl import Step, given, leads_to, must_be_possible, never_endless
from tdispmodel.models.base import Device, Driver, Guest, Mapping, Phase, Tdi


@given(userspace_only_recovers=True, relock_with_secrets=True)
@leads_to(code="TDM401", after=is_wanted)
def wanted_device_gets_its_driver(now: Device) -> bool:
    """A device that is wanted from some point on ends in RUN with its operating driver and private mappings, if userspace unlocks and unbinds only to recover and may lock again with secrets. [debate 12, 41, 84]"""
    runs_privately = now.mapping is Mapping.PRIVATE and now.tdi is Tdi.RUN
    return not is_wanted(now) or (now.driver is Driver.OPERATING and runs_privately)


@never_endless(code="TDM402")
def deferral_is_not_endless(now: Device, after: Device, step: Step) -> bool:
    """No device is retried from the deferred list for ever. [debate 1; Documentation/driver-api/driver-model/driver.rst]"""
    return step.is_(Guest.retry_deferred, now)


@leads_to(code="TDM403", after=lambda now: not now.tsm_registered)
def tsm_registers(now: Guest) -> bool:
    """A TSM that is not registered gets registered, sooner or later. [tsm_register; debate 22]"""
    return now.tsm_registered


@leads_to(code="TDM404", after=lambda now: now.phase is not Phase.BOOT)
def internal_devices_bind(now: Guest) -> bool:
    """The TSM's faux device, the attestation driver's platform device and the operating driver's auxiliary functions get their drivers. [debate 22, 23, 30, 98, 109, 117, 135]"""
    functions_attach = all(now.function_attaches(device) for device in now.devices)
    return now.tsm_registered and now.attestation_bound and functions_attach


@leads_to(code="TDM405", after=lambda now: now.accepted and now.tdi is not Tdi.RUN)
def lost_run_revokes_acceptance(now: Device) -> bool:
    """Once RUN is lost the acceptance falls, sooner or later. [debate 123, 127, 131]"""
    return not now.accepted


@leads_to(code="TDM406", after=lambda now: now.approved)
def approval_leads_to_secrets(now: Guest) -> bool:
    """Once the relying party approves, the secrets are deployed, sooner or later. [debate 28]"""
    return now.secrets


@must_be_possible(code="TDM408")
def trusted_driver_can_run(now: Device) -> bool:
    """The operating driver can be bound, with private mappings, to a TDI in RUN. [debate 80; witness against vacuity]"""
    runs_privately = now.mapping is Mapping.PRIVATE and now.tdi is Tdi.RUN
    return not now.can_be_wanted or (now.driver is Driver.OPERATING and runs_privately)


@must_be_possible(code="TDM409")
def secrets_can_be_deployed(now: Guest) -> bool:
    """Secrets can be deployed. [witness against vacuity]"""
    return now.secrets
