"""What the device promises: the DSM's answers, the states of a TDI, its nonce, its data, its packets."""

from __future__ import annotations

from tdispmodel.dsl import Step, invariant, step_property
from tdispmodel.models.interface import Copy, Interface, Nonce, Platform, Response, Tdi


def is_error(response: Response) -> bool:
    """The answer is one of the codes of TDISP_ERROR, so the step was a request."""
    return response in (
        Response.INVALID_REQUEST,
        Response.BUSY,
        Response.INVALID_INTERFACE_STATE,
        Response.UNSPECIFIED,
        Response.UNSUPPORTED_REQUEST,
        Response.VERSION_MISMATCH,
        Response.VENDOR_SPECIFIC_ERROR,
        Response.INVALID_INTERFACE,
        Response.INVALID_NONCE,
        Response.INSUFFICIENT_ENTROPY,
        Response.INVALID_DEVICE_CONFIGURATION,
    )


def is_answer(response: Response) -> bool:
    """The step was a request: it was granted, refused or dropped."""
    return is_error(response) or response in (Response.RESPONSE, Response.NO_RESPONSE)


def is_as_before(before: Interface, later: Interface) -> bool:
    """State, nonce and configuration are kept, and so is what STOP would clear."""
    kept = before.tdi is later.tdi and before.nonce is later.nonce and before.configuration is later.configuration
    return kept and before.tvm_data == later.tvm_data and before.shared == later.shared and before.p2p == later.p2p


@step_property(code="TDM601")
def stop_is_never_refused(now: Platform, after: Platform, step: Step) -> bool:
    """A STOP that the DSM takes up succeeds in every state and ends in CONFIG_UNLOCKED. [PCIe 11.3.16, T11-3]"""
    return not step.is_(Platform.stop_interface) or (
        after.response is Response.RESPONSE
        and all(
            later.tdi is Tdi.CONFIG_UNLOCKED
            for before, later in zip(now.interfaces, after.interfaces, strict=True)
            if step.is_(Platform.stop_interface, before)
        )
    )


@step_property(code="TDM602")
def error_is_entered_by_events_only(now: Platform, after: Platform) -> bool:
    """No request moves a TDI to ERROR. [PCIe 11.2, 11.3.2]"""
    return not any(
        before.tdi is not Tdi.ERROR and later.tdi is Tdi.ERROR
        for before, later in zip(now.interfaces, after.interfaces, strict=True)
    ) or not is_answer(after.response)


@step_property(code="TDM603")
def locked_is_entered_by_lock_only(now: Interface, after: Interface, step: Step) -> bool:
    """A TDI enters CONFIG_LOCKED by LOCK_INTERFACE_REQUEST only. [PCIe 11.2, 11.3.8]"""
    enters = now.tdi is not Tdi.CONFIG_LOCKED and after.tdi is Tdi.CONFIG_LOCKED
    return not enters or step.is_(Platform.lock_interface, now)


@step_property(code="TDM604")
def run_is_entered_by_start_only(now: Interface, after: Interface, step: Step) -> bool:
    """A TDI enters RUN by START_INTERFACE_REQUEST only, and from CONFIG_LOCKED. [PCIe 11.2, 11.3.14]"""
    enters = now.tdi is not Tdi.RUN and after.tdi is Tdi.RUN
    return not enters or (step.is_(Platform.start_interface, now) and now.tdi is Tdi.CONFIG_LOCKED)


@step_property(code="TDM605")
def refused_request_changes_nothing(now: Platform, after: Platform) -> bool:
    """A request that gets an error response keeps state, nonce and configuration of every TDI. [PCIe 11.3.2, 11.3.9]"""
    return not is_error(after.response) or all(
        is_as_before(before, later) for before, later in zip(now.interfaces, after.interfaces, strict=True)
    )


@step_property(code="TDM606")
def nonce_starts_once(now: Interface, after: Interface, step: Step) -> bool:
    """A nonce starts at most one RUN, and only of the LOCK that made it. [PCIe 11.3.9, 11.3.14]"""
    # so: a RUN consumes the nonce that is stored, and only a LOCK, which starts nothing, stores one
    starts = now.tdi is not Tdi.RUN and after.tdi is Tdi.RUN
    made = now.nonce is not Nonce.HANDED_OUT and after.nonce is Nonce.HANDED_OUT
    consumed = now.nonce is Nonce.HANDED_OUT and now.copy is Copy.CURRENT and after.nonce is Nonce.NONE
    return not (starts or made) or (
        (not starts or consumed) and (not made or (step.is_(Platform.lock_interface, now) and not starts))
    )


@invariant(code="TDM607")
def nonce_dies_with_the_lock(now: Interface) -> bool:
    """Outside CONFIG_LOCKED no usable nonce exists. [PCIe 11.3.9, 11.3.14]"""
    return now.tdi is Tdi.CONFIG_LOCKED or (now.nonce is Nonce.NONE and now.copy is not Copy.CURRENT)


@step_property(code="TDM608")
def report_only_when_locked(now: Platform, after: Platform, step: Step) -> bool:
    """A report is given in CONFIG_LOCKED and RUN only. [PCIe 11.3.10, T11-3]"""
    asked = step.is_(Platform.get_report) or step.is_(Platform.get_report_piece)
    return not (asked and after.response is Response.RESPONSE) or all(
        interface.tdi in (Tdi.CONFIG_LOCKED, Tdi.RUN)
        for interface in now.interfaces
        if step.is_(Platform.get_report, interface) or step.is_(Platform.get_report_piece, interface)
    )


@step_property(code="TDM609")
def dma_only_in_run(now: Platform, after: Platform, step: Step) -> bool:
    """DMA with T=1, and the completion of such a read, happens in RUN only. [PCIe 11.2.1]"""
    passed = step.is_(Platform.dma) or step.is_(Platform.complete_read)
    return not (passed and after.response is Response.ACCEPTED) or all(
        interface.tdi is Tdi.RUN
        for interface in now.interfaces
        if step.is_(Platform.dma, interface) or step.is_(Platform.complete_read, interface)
    )


@step_property(code="TDM610")
def private_mmio_only_in_run(now: Platform, after: Platform, step: Step) -> bool:
    """A memory request with T=1 is accepted in RUN only, whatever range it is for. [PCIe 11.2, 11.2.1]"""
    private = (
        step.is_(Platform.write_private)
        or step.is_(Platform.write_private_on_another_stream)
        or step.is_(Platform.write_private_to_shared_range)
    )
    return not (private and after.response is Response.ACCEPTED) or all(
        interface.tdi is Tdi.RUN
        for interface in now.interfaces
        if step.is_(Platform.write_private, interface)
        or step.is_(Platform.write_private_on_another_stream, interface)
        or step.is_(Platform.write_private_to_shared_range, interface)
    )


def changes_what_is_tracked(now: Platform, before: Interface, later: Interface, step: Step) -> bool:
    """The step changes what the DSM tracks, but for a conventional reset, which unlocks. [PCIe 11.2, T11-2]"""
    writes = step.is_(Platform.write_tracked_register, before) or (
        before.configuration is not later.configuration and not step.is_(Platform.conventional_reset)
    )
    moves = step.is_(Platform.change_requester_id, before) or step.is_(Platform.lose_power_state, before)
    interrupts = step.is_(Platform.write_msix_capability, before) and now.msix_locked
    streams = step.is_(Platform.write_stream_registers, before) and now.ide_required
    return writes or moves or interrupts or streams


@step_property(code="TDM611")
def tracked_change_faults(now: Platform, after: Platform, step: Step) -> bool:
    """A change of the tracked configuration of a locked or running TDI ends in ERROR. [PCIe 11.2, 11.2.6, T11-2]"""
    return all(
        not (interface.tdi in (Tdi.CONFIG_LOCKED, Tdi.RUN) and changes_what_is_tracked(now, interface, later, step))
        or later.tdi is Tdi.ERROR
        for interface, later in zip(now.interfaces, after.interfaces, strict=True)
    )


@step_property(code="TDM612")
def stop_scrubs_tvm_data(now: Interface, after: Interface) -> bool:
    """No TVM data survives into CONFIG_UNLOCKED. [PCIe 11.2, 11.3.16, 11.4.8]"""
    enters = now.tdi is not Tdi.CONFIG_UNLOCKED and after.tdi is Tdi.CONFIG_UNLOCKED
    return not enters or not after.tvm_data


@step_property(code="TDM613")
def t_bit_violation_keeps_state(now: Platform, after: Platform, step: Step) -> bool:
    """A memory request that is rejected for its T bit or stream moves no TDI. [PCIe 11.2.1]"""
    wrong = (
        step.is_(Platform.write_private)
        or step.is_(Platform.write_unprotected)
        or step.is_(Platform.write_private_on_another_stream)
        or step.is_(Platform.write_private_to_shared_range)
    )
    return not (wrong and after.response is Response.REJECTED) or all(
        is_as_before(before, later) for before, later in zip(now.interfaces, after.interfaces, strict=True)
    )


@step_property(code="TDM614")
def relock_swap_is_noticed(now: Interface, after: Interface, step: Step) -> bool:
    """LOCK, STOP and LOCK between the guest's report and its START make the START fail. [PCIe 11.3.9, 11.3.14]"""
    starts = step.is_(Platform.start_interface, now) and after.tdi is Tdi.RUN and now.tdi is not Tdi.RUN
    return not starts or now.report_is_current


def is_for_another(now: Interface, step: Step) -> bool:
    """The step is a request, and its INTERFACE_ID is not that of this TDI."""
    return (
        (step.is_(Platform.get_version) and not step.is_(Platform.get_version, now))
        or (step.is_(Platform.get_capabilities) and not step.is_(Platform.get_capabilities, now))
        or (step.is_(Platform.get_state) and not step.is_(Platform.get_state, now))
        or (step.is_(Platform.vendor_request) and not step.is_(Platform.vendor_request, now))
        or (step.is_(Platform.set_tdisp_config) and not step.is_(Platform.set_tdisp_config, now))
        or (step.is_(Platform.lock_interface) and not step.is_(Platform.lock_interface, now))
        or (step.is_(Platform.lock_another_stream) and not step.is_(Platform.lock_another_stream, now))
        or (step.is_(Platform.lock_without_entropy) and not step.is_(Platform.lock_without_entropy, now))
        or (step.is_(Platform.get_report) and not step.is_(Platform.get_report, now))
        or (step.is_(Platform.get_report_piece) and not step.is_(Platform.get_report_piece, now))
        or (step.is_(Platform.get_report_beyond_end) and not step.is_(Platform.get_report_beyond_end, now))
        or (step.is_(Platform.start_interface) and not step.is_(Platform.start_interface, now))
        or (step.is_(Platform.stop_interface) and not step.is_(Platform.stop_interface, now))
        or (step.is_(Platform.bind_p2p_stream) and not step.is_(Platform.bind_p2p_stream, now))
        or (
            step.is_(Platform.bind_p2p_stream_in_another_session)
            and not step.is_(Platform.bind_p2p_stream_in_another_session, now)
        )
        or (step.is_(Platform.bind_bad_p2p_stream) and not step.is_(Platform.bind_bad_p2p_stream, now))
        or (step.is_(Platform.unbind_p2p_stream) and not step.is_(Platform.unbind_p2p_stream, now))
        or (step.is_(Platform.share_range) and not step.is_(Platform.share_range, now))
        or (step.is_(Platform.unshare_range) and not step.is_(Platform.unshare_range, now))
        or (step.is_(Platform.set_fixed_attribute) and not step.is_(Platform.set_fixed_attribute, now))
        or (step.is_(Platform.be_busy) and not step.is_(Platform.be_busy, now))
        or (step.is_(Platform.fail_request) and not step.is_(Platform.fail_request, now))
        or (step.is_(Platform.fail_for_the_vendor) and not step.is_(Platform.fail_for_the_vendor, now))
        or (step.is_(Platform.send_unknown_code) and not step.is_(Platform.send_unknown_code, now))
        or (step.is_(Platform.send_another_version) and not step.is_(Platform.send_another_version, now))
        or (step.is_(Platform.send_bad_field) and not step.is_(Platform.send_bad_field, now))
    )


@step_property(code="TDM615")
def other_interface_has_no_effect(now: Interface, after: Interface, step: Step) -> bool:
    """A request for another INTERFACE_ID leaves this TDI alone. [PCIe 11.2.2, 11.3]"""
    return not is_for_another(now, step) or is_as_before(now, after)
