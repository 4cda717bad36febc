"""What the acceptance flag says, and who may change it."""

from __future__ import annotations

from tdispmodel.dsl import Step, invariant, step_property
from tdispmodel.models.base import Device, Driver, Evidence, Guest, Identity, Mapping, Preparation, Result, Tdi, Verdict


def takes_the_lock(before: Device, later: Device) -> bool:
    """The TDI enters CONFIG_LOCKED in this step."""
    return before.tdi is not Tdi.CONFIG_LOCKED and later.tdi is Tdi.CONFIG_LOCKED


def is_started(before: Device, later: Device) -> bool:
    """The TDI enters RUN in this step."""
    return before.tdi is not Tdi.RUN and later.tdi is Tdi.RUN


@invariant(code="TDM201")
def accepted_has_tsm_context(now: Device) -> bool:
    """An accepted device has a TSM context. [accept_store; v1 and v2 series]"""
    return not now.accepted or now.tsm_context


@invariant(code="TDM202")
def accepted_is_running(now: Device) -> bool:
    """An accepted device's TDI is in RUN. [debate 52, 121]"""
    return not now.accepted or now.tdi is Tdi.RUN


@invariant(code="TDM203")
def encrypted_ranges_match_acceptance(now: Device) -> bool:
    """One set of ranges is recorded as encrypted if the device is accepted, none otherwise. [v2 review, 10 Apr 2026]"""
    return now.encrypted_ranges == (1 if now.accepted else 0)


@invariant(code="TDM204")
def private_mapping_needs_acceptance(now: Device) -> bool:
    """A driver with private mappings sits on an accepted device. [debate 67]"""
    return not (now.driver is Driver.OPERATING and now.mapping is Mapping.PRIVATE) or now.accepted


@invariant(code="TDM205")
def private_mapping_stays_private(now: Device) -> bool:
    """Private mappings cover ranges that are recorded as encrypted. [debate 94, 95]"""
    return now.mapping is not Mapping.PRIVATE or now.encrypted_ranges >= 1


@invariant(code="TDM206")
def private_driver_only_in_run(now: Device) -> bool:
    """A driver with private mappings sits on a TDI in RUN. [debate 123, 127]"""
    return not (now.driver is Driver.OPERATING and now.mapping is Mapping.PRIVATE) or now.tdi is Tdi.RUN


@invariant(code="TDM207")
def prepare_driver_only_unlocked(now: Device) -> bool:
    """A prepare driver is bound only while the TDI is unlocked and has no TSM context. [debate 56]"""
    return now.driver is not Driver.PREPARE or (now.tdi is Tdi.CONFIG_UNLOCKED and not now.tsm_context)


@invariant(code="TDM208")
def running_is_verified(now: Device) -> bool:
    """A TDI in RUN has a current verdict. [debate 37, 113]"""
    return now.tdi is not Tdi.RUN or now.is_approved


@invariant(code="TDM209")
def accepted_running_is_genuine(now: Device) -> bool:
    """An accepted device in RUN is the one that was meant and measured. [debate 102, 116, 129]"""
    return not (now.accepted and now.tdi is Tdi.RUN) or now.identity is Identity.GENUINE


@invariant(code="TDM210")
def acceptance_needs_tsm(now: Guest) -> bool:
    """While no TSM is registered nothing is accepted. [tsm_unregister]"""
    return not any(device.accepted for device in now.devices) or now.tsm_registered


@invariant(code="TDM211")
def current_evidence_is_locked(now: Device) -> bool:
    """Evidence is current only in CONFIG_LOCKED or RUN. [debate 41, 139]"""
    return not now.evidence_is_current or now.tdi in (Tdi.CONFIG_LOCKED, Tdi.RUN)


@step_property(code="TDM212")
def tsm_verbs_need_no_driver(now: Guest, after: Guest, step: Step) -> bool:
    """lock, accept and unlock succeed only on a driverless device. [debate 112; lock_store, accept_store, unlock_store]"""
    return after.result is not Result.DONE or all(
        not (step.is_(Guest.lock, device) or step.is_(Guest.accept, device) or step.is_(Guest.unlock, device))
        or device.driver is Driver.NONE
        for device in now.devices
    )


@step_property(code="TDM213")
def accept_needs_verdict(now: Guest, after: Guest, step: Step) -> bool:
    """accept succeeds only with a current verdict. [debate 70, 113, 119]"""
    return all(
        not (step.is_(Guest.accept, device) and after.result is Result.DONE) or device.is_approved
        for device in now.devices
    )


@step_property(code="TDM214")
def lock_needs_ready(now: Device, after: Device) -> bool:
    """lock succeeds only from CONFIG_UNLOCKED and with a lockable configuration. [PCIe 11.3.9]"""
    return not takes_the_lock(now, after) or (now.tdi is Tdi.CONFIG_UNLOCKED and now.ready)


@step_property(code="TDM215")
def run_ends_in_error_or_unlocked(now: Device, after: Device) -> bool:
    """From RUN the TDI goes only to ERROR or CONFIG_UNLOCKED. [debate 114; PCIe 11.2]"""
    return now.tdi is not Tdi.RUN or after.tdi in (Tdi.RUN, Tdi.ERROR, Tdi.CONFIG_UNLOCKED)


@step_property(code="TDM216")
def failed_accept_changes_nothing(now: Guest, after: Guest, step: Step) -> bool:
    """An accept that fails changes nothing about the device. [accept_store]"""
    return all(
        not (
            (step.is_(Guest.accept, device) or step.is_(Guest.accept_in_vain, device))
            and after.result is not Result.DONE
        )
        or (
            later.tdi is device.tdi
            and later.accepted is device.accepted
            and later.tsm_context is device.tsm_context
            and later.encrypted_ranges == device.encrypted_ranges
            and later.driver is device.driver
            and later.mapping is device.mapping
            and later.verdict is device.verdict
            and later.evidence is device.evidence
        )
        for device, later in zip(now.devices, after.devices, strict=True)
    )


@step_property(code="TDM217")
def acceptance_changes_driverless(now: Device, after: Device) -> bool:
    """Acceptance of a device that stays present changes only while no driver is bound. [debate 111, 112, 126]"""
    return not (now.accepted is not after.accepted and after.present) or now.driver is Driver.NONE


@step_property(code="TDM218")
def reset_clears_acceptance(now: Device, after: Device, step: Step) -> bool:
    """A reset clears the acceptance flag. [debate 127; no path of the v1 or v2 series does]"""
    by_host = step.is_(Guest.hot_reset, now) or step.is_(Guest.function_level_reset, now)
    by_guest = step.is_(Guest.recover_from_error, now) or step.is_(Guest.reset, now)
    return not ((by_host or by_guest) and now.accepted) or not after.accepted


@step_property(code="TDM219")
def relock_discards_evidence(now: Device, after: Device) -> bool:
    """A lock discards evidence of an earlier one, and the verdict on it. [debate 41, 128]"""
    return not takes_the_lock(now, after) or (
        after.evidence is Evidence.NONE and after.verdict is Verdict.NONE and not after.evidence_is_current
    )


@step_property(code="TDM220")
def second_accept_is_refused(now: Guest, after: Guest, step: Step) -> bool:
    """accept on an accepted device is refused. [v2 review, 10 Apr 2026]"""
    return all(
        not (step.is_(Guest.accept, device) and device.accepted) or after.result is not Result.DONE
        for device in now.devices
    )


@step_property(code="TDM221")
def accept_uses_current_lock(now: Device, after: Device, step: Step) -> bool:
    """A verdict that accept relies on is about evidence of the current lock. [debate 119, 128, 138]"""
    uses = step.is_(Guest.accept, now) and is_started(now, after) and now.verdict is Verdict.APPROVED
    return not uses or now.answer_is_current


@step_property(code="TDM222")
def unbind_keeps_run(now: Device, after: Device, step: Step) -> bool:
    """Userspace's unbind does not push the TDI out of RUN. [debate 81 to 83]"""
    return not (step.is_(Guest.unbind, now) and now.tdi is Tdi.RUN) or after.tdi is Tdi.RUN


@step_property(code="TDM223")
def prepare_runs_once(now: Device, after: Device) -> bool:
    """The T=0 prepare step is not repeated while the device is ready. [debate 3, 6, 8, 9, 13]"""
    prepares = after.preparation is not now.preparation and after.preparation is not Preparation.NONE
    return not prepares or now.preparation is Preparation.NONE
