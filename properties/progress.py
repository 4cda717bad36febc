"""What must not go on for ever, and what must be possible at all."""

from __future__ import annotations

from tdispmodel.dsl import Step, leads_to, must_be_possible, never_endless
from tdispmodel.models.base import Device, Driver, Guest, Mapping, Tdi


@never_endless(code="TDM402")
def deferral_is_not_endless(now: Device, after: Device, step: Step) -> bool:
    """No device is retried from the deferred list for ever. [debate 1; Documentation/driver-api/driver-model/driver.rst]"""
    return step.is_(Guest.retry_deferred, now)


@leads_to(code="TDM403", after=lambda now: not now.tsm_registered)
def tsm_registers(now: Guest) -> bool:
    """A TSM that is not registered gets registered, sooner or later. [tsm_register; debate 22]"""
    return now.tsm_registered


@leads_to(code="TDM405", after=lambda now: now.accepted and now.tdi is not Tdi.RUN)
def lost_run_revokes_acceptance(now: Device) -> bool:
    """Once RUN is lost the acceptance falls, sooner or later. [debate 123, 127]"""
    return not now.accepted


@leads_to(code="TDM406", after=lambda now: now.approved)
def approval_leads_to_secrets(now: Guest) -> bool:
    """Once the relying party approves, the secrets are deployed, sooner or later. [debate 28]"""
    return now.secrets


@must_be_possible(code="TDM408")
def trusted_driver_can_run(now: Device) -> bool:
    """The operating driver can be bound, with private mappings, to a TDI in RUN. [debate 80; witness against vacuity]"""
    return now.driver is Driver.OPERATING and now.mapping is Mapping.PRIVATE and now.tdi is Tdi.RUN


@must_be_possible(code="TDM409")
def secrets_can_be_deployed(now: Guest) -> bool:
    """Secrets can be deployed. [witness against vacuity]"""
    return now.secrets
