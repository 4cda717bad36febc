"""What must stay possible, whatever the host did, and under which policy."""

from __future__ import annotations

from tdispmodel.dsl import given, must_be_possible, stays_possible
from tdispmodel.models.base import Device, Driver, Guest, Identity, Mapping, Tdi, Userspace, Verdict


def is_wanted(device: Device) -> bool:
    """Present, genuine, and able to run as TDISP has it: what a policy can want confidential."""
    return device.present and device.identity is Identity.GENUINE and device.can_be_wanted


@stays_possible(
    code="TDM501",
    after=lambda now, device: is_wanted(device) and not now.secrets,
)
def run_stays_reachable(now: Guest, device: Device) -> bool:
    """Before secrets, a genuine device can still get to RUN with its operating driver and private mappings. [debate 61, 62, 141]"""
    return device.driver is Driver.OPERATING and device.mapping is Mapping.PRIVATE and device.tdi is Tdi.RUN


@stays_possible(
    code="TDM502",
    after=lambda now, device: is_wanted(device) and now.secrets,
)
def run_recoverable_with_secrets(now: Guest, device: Device) -> bool:
    """With secrets deployed, a genuine device can still get to RUN with its operating driver and private mappings. [debate 42, 62, 141]"""
    return device.driver is Driver.OPERATING and device.mapping is Mapping.PRIVATE and device.tdi is Tdi.RUN


@stays_possible(code="TDM503", after=is_wanted)
def ready_again_is_reachable(now: Device) -> bool:
    """A genuine device can be made unlocked and lockable again. [debate 61]"""
    return now.tdi is Tdi.CONFIG_UNLOCKED and now.ready


@stays_possible(code="TDM504", after=lambda now: is_wanted(now) and now.accepted)
def acceptance_stays_revocable(now: Device) -> bool:
    """The acceptance of a genuine device can be taken back. [unlock_store; debate 43]"""
    return not now.accepted


@given(userspace=Userspace.NAIVE)
@must_be_possible(code="TDM505")
def trusting_policy_is_expressible(now: Device) -> bool:
    """A userspace that trusts the host can use its device without anybody's verdict. [debate 104]"""
    return now.driver is Driver.OPERATING and now.verdict is Verdict.NONE


@given(userspace=Userspace.CAREFUL)
@must_be_possible(code="TDM506")
def untrusting_policy_is_expressible(now: Device) -> bool:
    """A userspace that does not trust the host can use its device in RUN, privately, with a current verdict. [debate 104]"""
    runs_privately = now.mapping is Mapping.PRIVATE and now.tdi is Tdi.RUN and now.accepted
    return not now.can_be_wanted or (now.driver is Driver.OPERATING and runs_privately and now.is_approved)
