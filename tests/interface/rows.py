# ruff: noqa: ARG001, ARG005  # tables of functions that all take the same
"""From the names of the model to the rows of tdisp_spec.json: which row a step is an instance of."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tdispmodel.ir.expressions import Value
from tests.interface.device import Device, Step

SPECIFICATION: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[1] / "data" / "tdisp_spec.json").read_text(encoding="utf-8")
)
"""Our own paraphrase of the specification as data."""

Values = Mapping[str, Value]

BAD_STREAM = (
    "ide_required and (stream_id != default_stream or keys_missing or keys_from_other_session"
    " or several_default_streams or default_stream_on_tc_not_0)"
)
BAD_P2P = "bad stream | keys missing or other session | default stream | already bound or overlapping"


class Request(NamedTuple):
    """An action that is a request: its name in the rows, and the guard of the row from a state and the constants."""

    name: str
    guard: Callable[[Values, Values], str]


def always(guard: str) -> Callable[[Values, Values], str]:
    """One guard for all states."""
    return lambda before, constants: guard


def lock(before: Values, constants: Values) -> str:
    """A LOCK for the default stream with enough entropy: what is wrong is in the state."""
    if before["tdi"] != "CONFIG_UNLOCKED":
        return "true"
    if constants["ide_required"] and before["stream"] != "SECURE":
        return BAD_STREAM
    return "bad_device_configuration" if before["configuration"] == "UNFIT" else "otherwise"


def lock_wrongly(guard: str) -> Callable[[Values, Values], str]:
    """A LOCK with a fault of its own, which matters only in CONFIG_UNLOCKED."""
    return lambda before, constants: guard if before["tdi"] == "CONFIG_UNLOCKED" else "true"


def report(place: str) -> Callable[[Values, Values], str]:
    """A GET_REPORT whose offset is in the report or outside of it, where there is one."""
    return lambda before, constants: f"offset {place} report" if before["tdi"] in ("CONFIG_LOCKED", "RUN") else "true"


def start(before: Values, constants: Values) -> str:
    """A START with the guest's copy of the nonce."""
    if before["tdi"] != "CONFIG_LOCKED":
        return "true"
    return "nonce == stored" if (before["nonce"], before["copy"]) == ("HANDED_OUT", "CURRENT") else "nonce != stored"


def optional(running: Callable[[Values], str]) -> Callable[[Values, Values], str]:
    """An optional request that is legal in RUN only."""

    def guard(before: Values, constants: Values) -> str:
        if not constants["optional_requests"]:
            return "not supported"
        return running(before) if before["tdi"] == "RUN" else "supported"

    return guard


REQUESTS: dict[str, Request] = {
    "get_version": Request("GET_TDISP_VERSION", always("major version 1")),
    "get_capabilities": Request("GET_TDISP_CAPABILITIES", always("true")),
    "get_state": Request("GET_DEVICE_INTERFACE_STATE", always("true")),
    "lock_interface": Request("LOCK_INTERFACE_REQUEST", lock),
    "lock_another_stream": Request("LOCK_INTERFACE_REQUEST", lock_wrongly(BAD_STREAM)),
    "lock_without_entropy": Request("LOCK_INTERFACE_REQUEST", lock_wrongly("nonce_generation_fails")),
    "get_report": Request("GET_DEVICE_INTERFACE_REPORT", report("in")),
    "get_report_piece": Request("GET_DEVICE_INTERFACE_REPORT", report("in")),
    "get_report_beyond_end": Request("GET_DEVICE_INTERFACE_REPORT", report("outside")),
    "start_interface": Request("START_INTERFACE_REQUEST", start),
    "stop_interface": Request("STOP_INTERFACE_REQUEST", always("true")),
    "bind_p2p_stream": Request(
        "BIND_P2P_STREAM_REQUEST", optional(lambda before: BAD_P2P if before["p2p"] else "supported and stream ok")
    ),
    "bind_p2p_stream_in_another_session": Request("BIND_P2P_STREAM_REQUEST", optional(lambda before: BAD_P2P)),
    "bind_bad_p2p_stream": Request("BIND_P2P_STREAM_REQUEST", optional(lambda before: BAD_P2P)),
    "unbind_p2p_stream": Request(
        "UNBIND_P2P_STREAM_REQUEST", optional(lambda before: "stream bound" if before["p2p"] else "stream not bound")
    ),
    "share_range": Request(
        "SET_MMIO_ATTRIBUTE_REQUEST", optional(lambda before: "range, attribute and value updatable")
    ),
    "unshare_range": Request(
        "SET_MMIO_ATTRIBUTE_REQUEST", optional(lambda before: "range, attribute and value updatable")
    ),
    "set_fixed_attribute": Request("SET_MMIO_ATTRIBUTE_REQUEST", optional(lambda before: "otherwise")),
    "vendor_request": Request(
        "VDM_REQUEST",
        lambda before, constants: "supported" if constants["optional_requests"] else "not supported",
    ),
}

EFFECTS: dict[str, Callable[[Step, Values], bool]] = {
    "nonce := fresh": lambda step, constants: (
        step.after["nonce"] == "HANDED_OUT" and step.after["copy"] != "CURRENT" and not step.after["report_is_current"]
    ),
    "bind default stream": lambda step, constants: step.after["stream"] == "SECURE" or not constants["ide_required"],
    "lock and start tracking configuration": lambda step, constants: step.after["tdi"] == "CONFIG_LOCKED",
    "remember SPDM session": lambda step, constants: step.after["session"] is True,
    "nonce := none": lambda step, constants: step.after["nonce"] == "NONE" and step.after["copy"] != "CURRENT",
    "continue tracking": lambda step, constants: step.after["tdi"] == "RUN",
    "MMIO T=1 and DMA T=1 allowed": lambda step, constants: step.after["tdi"] == "RUN",
    "scrub TVM data": lambda step, constants: step.after["tvm_data"] is False,
    "unbind streams (default and P2P)": lambda step, constants: step.after["p2p"] is False,
    "MMIO attributes back to default (modelling)": lambda step, constants: step.after["shared"] is False,
    "bound_p2p += stream": lambda step, constants: step.after["p2p"] is True,
    "bound_p2p -= stream": lambda step, constants: step.after["p2p"] is False,
    "range.IS_NON_TEE_MEM := value": lambda step, constants: step.after["shared"] == (step.action == "share_range"),
}
"""What an effect of a row means in the model."""

NOT_MODELLED = {
    "mmio_reporting_offset := request": "addresses are not modelled",
    "abort or complete in-flight work": "operations are atomic, so none is in flight when the next step is taken",
}
"""Effects that the model cannot show, and why."""

KEPT = ("tdi", "configuration", "nonce", "tvm_data", "shared", "p2p", "needs_stop", "session", "stream")
"""What a request without effects keeps; the guest's own copies are not the device's."""


class Event(NamedTuple):
    """An action that is an event: its rows, and whether their guard is true under these constants."""

    rows: tuple[str, ...]
    guard: Callable[[Values], bool] = lambda constants: True


def with_ide(constants: Values) -> bool:
    """There is a stream that TDIs are bound to."""
    return bool(constants["ide_required"])


EVENTS: dict[str, Event] = {
    "write_tracked_register": Event(
        (
            "tracked_configuration_change",
            "clear_memory_space_enable",
            "clear_bus_master_enable",
            "write_BAR_or_BIST_or_expansion_ROM",
            "change_devctl_ExtTag_Phantom_NoSnoop_10or14bitTag",
            "write_EA_ReBAR_VFReBAR_ARI_PASID_Multicast_PRI_SRIOV_capability",
        )
    ),
    "lose_power_state": Event(("power_state_change_with_state_loss",)),
    "write_msix_capability": Event(("write_MSIX_capability",), lambda constants: bool(constants["msix_locked"])),
    "write_stream_registers": Event(("write_IDE_stream_ctl_or_RID_or_addr_association",), with_ide),
    "write_untracked_register": Event(
        ("write_other_Command_bits_Status_CLS_latency_MSI_ACS_LTR_AER_VC_DPA_PTM_DOE_ATS_VPD",)
    ),
    "take_link_down": Event(("link_down",), with_ide),
    "change_requester_id": Event(("requester_id_change",)),
    "function_level_reset": Event(("function_level_reset",)),
    "physical_function_reset": Event(("function_level_reset",)),
    "conventional_reset": Event(("conventional_reset",)),
    "lose_stream": Event(("bound_ide_stream_insecure",), with_ide),
    "end_session": Event(("spdm_session_terminated",)),
    "receive_poison": Event(("poisoned_tlp",)),
    "find_data_error": Event(("uncorrectable_internal_data_error",)),
    "receive_no_completion": Event(("UR_CA_or_completion_timeout",)),
    "receive_plain_translation": Event(("ats_translation_completion_T_clear",)),
    "receive_plain_page_response": Event(("prg_response_wrong_stream_or_T_clear",)),
    "lose_dsm_state": Event(("dsm_failure_or_state_loss",)),
    "authorise_debug": Event(("debug_authorised_at_run_time",)),
    "force_firmware_update": Event(("forced_firmware_update",)),
    "write_unprotected": Event(("T_bit_violation_memory_request",)),
    "write_private_on_another_stream": Event(("T_bit_violation_memory_request",)),
    "clear_error": Event(("error_auto_clear",)),
}

GENERIC: dict[str, tuple[str, ...]] = {
    "send_outside_session": ("message not carried in a secured SPDM session",),
    "drop_request": ("more than NUM_REQ_THIS outstanding, or responder not ready",),
    "be_busy": ("more than NUM_REQ_THIS outstanding, or responder not ready",),
    "send_unknown_code": ("request code not known or not supported",),
    "set_tdisp_config": ("request code not known or not supported",),
    "send_another_version": ("version not supported",),
    "send_bad_field": ("bad field or size",),
    "name_unknown_interface": ("INTERFACE_ID not hosted",),
    "fail_request": ("any other failure",),
    "fail_for_the_vendor": ("any other failure",),
}
"""Actions that stand for an answer that any request can get."""

SET_UP = {
    "open_session": "SPDM, not TDISP",
    "program_keys": "IDE key management, not TDISP",
    "program_keys_in_another_session": "IDE key management, not TDISP",
    "scrub": "the condition of error_auto_clear comes true",
}
"""Actions that no row is about; they move no TDI."""

T1, T0 = True, False
PACKETS: dict[str, tuple[str, bool]] = {
    "write_private": ("memory request to IS_NON_TEE_MEM=0 range", T1),
    "write_private_on_another_stream": ("memory request to IS_NON_TEE_MEM=0 range", T1),
    "write_unprotected": ("memory request to IS_NON_TEE_MEM=0 range", T0),
    "write_private_to_shared_range": ("memory request to IS_NON_TEE_MEM=1 range", T1),
    "write_shared_range": ("memory request to IS_NON_TEE_MEM=1 range", T0),
    "dma": ("memory read or write (DMA)", T1),
    "plain_dma": ("memory read or write (DMA)", T0),
    "msi": ("MSI", T0),
    "private_msi": ("MSI", T1),
    "msix": ("MSI-X", T0),
    "private_msix": ("MSI-X", T1),
    "complete_read": ("completion of a read issued in RUN", T0),
    "translate": ("ATS translation request, translated request, page request", T1),
    "plain_translate": ("ATS translation request, translated request, page request", T0),
    "send_vendor_message": ("TDI-specific vendor message", T1),
    "send_plain_vendor_message": ("TDI-specific vendor message", T0),
    "read_configuration": ("configuration request", T0),
}
"""Actions that are packets: the row, and the T bit."""

RULES: dict[str, tuple[str, Callable[[Step, Values, bool], bool | None]]] = {
    "memory request to IS_NON_TEE_MEM=0 range": (
        "T == 1 and state == RUN and (not ide_required or stream bound)",
        lambda step, constants, t: (
            t
            and step.before["tdi"] == "RUN"
            and (not constants["ide_required"] or step.action != "write_private_on_another_stream")
        ),
    ),
    "memory request to IS_NON_TEE_MEM=1 range": ("independent of the TDISP state", lambda step, constants, t: True),
    "memory read or write (DMA)": (
        "state == RUN and T == 1 [TVM-associated]; legacy T=0 DMA in U is outside these rules",
        lambda step, constants, t: None if outside(step, t=t) else step.before["tdi"] == "RUN" and t,
    ),
    "MSI": (
        "T == 0 (LOCKED and RUN)",
        lambda step, constants, t: not t if step.before["tdi"] in ("CONFIG_LOCKED", "RUN") else None,
    ),
    "MSI-X": (
        "LOCKED: T == 0; RUN: T == (msix_table_locked_and_reported)",
        lambda step, constants, t: {"CONFIG_LOCKED": not t, "RUN": t == constants["msix_locked"]}.get(
            str(step.before["tdi"])
        ),
    ),
    "completion of a read issued in RUN": (
        "state still RUN (T bit ignored)",
        lambda step, constants, t: step.before["tdi"] == "RUN",
    ),
    "ATS translation request, translated request, page request": (
        "state == RUN and T == 1",
        lambda step, constants, t: None if outside(step, t=t) else step.before["tdi"] == "RUN" and t,
    ),
    "TDI-specific vendor message": (
        "state in {LOCKED, RUN, ERROR} and T == 1",
        lambda step, constants, t: None if outside(step, t=t) else step.before["tdi"] != "CONFIG_UNLOCKED" and t,
    ),
    "configuration request": ("always; need not be secured", lambda step, constants, t: True),
}
"""What each rule for packets says, and the same as a function; None where it says nothing."""


def outside(step: Step, *, t: bool) -> bool:
    """Plain traffic of a TDI that is not in use for a TVM is outside these rules."""
    return step.before["tdi"] == "CONFIG_UNLOCKED" and not t


def range_is_shared(step: Step) -> bool:
    """A memory request for the range that can be updated, while IS_NON_TEE_MEM is set: the other rule applies."""
    return step.action in ("write_private", "write_private_on_another_stream", "write_unprotected") and bool(
        step.before["shared"]
    )


def rule(step: Step, constants: Values) -> bool | None:
    """Whether the packet of this step must be accepted; None where the rules say nothing."""
    what, t = PACKETS[step.action]
    if range_is_shared(step):
        what = "memory request to IS_NON_TEE_MEM=1 range"
    return RULES[what][1](step, constants, t)


def row_of(step: Step, constants: Values) -> tuple[str, str, str]:
    """The request, state and guard of the row that a request is an instance of."""
    request = REQUESTS[step.action]
    return request.name, str(step.before["tdi"]), request.guard(step.before, constants)


ROWS: dict[tuple[str, str, str], dict[str, Any]] = {
    (row["request"], row["state"], row["guard"]): row for row in SPECIFICATION["transitions"]
}
NEXT: dict[str, dict[str, str]] = {row["event"]: row["next"] for row in SPECIFICATION["events"]}


def answers(row: Mapping[str, Any]) -> set[str]:
    """The answers that a row allows, in the words of the model."""
    return {text.partition("/")[2] or "RESPONSE" for text in row["allowed"]}


def complaints(device: Device) -> set[str]:
    """The actions of a device of which some step is backed by no row."""
    return {step.action for step in device.steps if not backed(step, device.constants)}


def backed(step: Step, constants: Values) -> bool:
    """Whether a row allows the step: its answer, its next state, its effects."""
    return (
        (step.action not in REQUESTS or request_is_backed(step, constants))
        and (step.action not in EVENTS or event_is_backed(step, constants))
        and (step.action not in PACKETS or rule(step, constants) in (None, step.after["response"] == "ACCEPTED"))
        and (step.action not in GENERIC or generic_is_backed(step))
        and (step.action not in SET_UP or step.before["tdi"] == step.after["tdi"])
    )


def request_is_backed(step: Step, constants: Values) -> bool:
    """Whether the row of a request allows what happened."""
    row = ROWS.get(row_of(step, constants))
    if row is None or step.after["response"] not in answers(row) or step.after["tdi"] != row["next_state"]:
        return False
    if not row["effects"]:
        return all(step.before[name] == step.after[name] for name in KEPT)
    return all(name in NOT_MODELLED or EFFECTS[name](step, constants) for name in row["effects"])


def event_is_backed(step: Step, constants: Values) -> bool:
    """Whether the rows of an event say this next state; where their guard is false nothing happens to the TDI."""
    event = EVENTS[step.action]
    rows = [NEXT[name] if event.guard(constants) else {} for name in event.rows]
    return all(row.get(str(step.before["tdi"]), step.before["tdi"]) == step.after["tdi"] for row in rows)


def generic_is_backed(step: Step) -> bool:
    """Whether an answer that any request can get is one of those that the rows name, and nothing else happens."""
    named: set[str] = set()
    for row in SPECIFICATION["generic_results"]:
        if row["when"] in GENERIC[step.action]:
            texts = row["result"] if isinstance(row["result"], list) else [row["result"]]
            named |= {text.partition("/")[2].partition(" ")[0] or text.partition(",")[0] for text in texts}
    allowed = named | ({"VENDOR_SPECIFIC_ERROR"} if step.action == "fail_for_the_vendor" else set())
    return step.after["response"] in allowed and all(step.before[name] == step.after[name] for name in KEPT)
