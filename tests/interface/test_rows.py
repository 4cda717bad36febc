"""The device component and tdisp_spec.json say the same: each row is allowed, each step is backed."""

from __future__ import annotations

import pytest

from tdispmodel.ir.expressions import Value
from tests.interface.device import Device, device, model
from tests.interface.rows import (
    EFFECTS,
    EVENTS,
    GENERIC,
    NEXT,
    NOT_MODELLED,
    PACKETS,
    REQUESTS,
    ROWS,
    RULES,
    SET_UP,
    SPECIFICATION,
    answers,
    complaints,
    row_of,
)

BACKED: tuple[tuple[tuple[str, Value], ...], ...] = (
    (),
    (("start_checks_state_first", False),),
    (("optional_requests", False),),
    (("optional_requests", False), ("unsupported_is_invalid", True)),
    (("ide_required", False),),
    (("msix_locked", False),),
    (("auto_clears", False),),
    (("auto_clear_after_reset", True),),
)
"""Devices that do what the rows say; where a row leaves a choice, both are here."""

SHARED_RANGE = {"write_private", "write_private_on_another_stream", "write_private_to_shared_range"}
"""By default T=1 requests for shared memory are rejected outside of RUN, as 11.2 says; the row has 11.2.1 (S6)."""

EXPECTED_UNBACKED: dict[tuple[str, Value], tuple[set[str], str]] = {
    ("report_in_run", False): (
        {"get_report", "get_report_piece", "get_report_beyond_end"},
        "S1: the rows give a report in RUN",
    ),
    ("p2p_keys_of_binding_session", True): (
        {"bind_p2p_stream_in_another_session"},
        "S4: the row refuses keys of another session than the LOCK's",
    ),
    ("report_is_exclusive", True): (
        {name for name in REQUESTS if not name.startswith(("get_report", "lock_"))}
        | {"send_unknown_code", "send_another_version", "send_bad_field", "set_tdisp_config"},
        "S5: no row knows that a report is being read; a LOCK in these states is refused for them anyway",
    ),
    ("wrong_stream_is_bad_configuration", True): ({"lock_another_stream"}, "S7: the row has INVALID_REQUEST"),
    ("unlocked_includes_error", True): (
        {"lock_interface", "lock_another_stream", "lock_without_entropy"},
        "S8: the rows refuse a LOCK in ERROR for its state",
    ),
    ("poison_faults_locked", False): ({"receive_poison"}, "S10: the row faults in CONFIG_LOCKED"),
    ("refused_lock_replaces_nonce", True): ({"lock_interface"}, "a refused LOCK has no effects"),
    ("version_resets", True): ({"get_version"}, "GET_VERSION keeps every state"),
    ("errors_fault", True): (
        (set(REQUESTS) - {"get_version", "get_capabilities", "get_state", "vendor_request", "stop_interface"})
        | (set(GENERIC) - {"send_outside_session", "drop_request", "name_unknown_interface"}),
        "an error response keeps the state, whichever request gets it; those four and STOP get none",
    ),
    ("stop_needs_lock", True): ({"stop_interface"}, "STOP is legal in CONFIG_UNLOCKED"),
    ("nonce_is_checked", False): ({"start_interface"}, "a wrong nonce is refused"),
    ("legacy_traffic", True): (
        {"write_unprotected"},
        "by the letter a TEE range takes T=1 only; for other plain traffic of an unlocked TDI there is no rule",
    ),
    ("configuration_extension", True): ({"set_tdisp_config"}, "the code is unknown to the rows"),
}
"""Devices that do something else: the actions of which some step is backed by no row, and why."""


def steps_of_all() -> list[tuple[Device, int]]:
    """Each device that does what the rows say, with the number of its steps."""
    return [(device(*constants), len(device(*constants).steps)) for constants in BACKED]


def test_the_tables_are_complete() -> None:
    """Every action is a request, an event, a packet, a generic answer or set up; every row has an action."""
    actions = {action.name for component in model().components for action in component.actions}
    assert actions == {*REQUESTS, *EVENTS, *PACKETS, *GENERIC, *SET_UP}
    assert set(NEXT) == {row for event in EVENTS.values() for row in event.rows}
    assert {row["what"]: row.get("accepted_iff", row.get("allowed_iff")) for row in SPECIFICATION["tlp_rules"]} == {
        what: text for what, (text, _) in RULES.items()
    }
    assert set(RULES) == {what for what, _ in PACKETS.values()}
    assert {effect for row in ROWS.values() for effect in row["effects"]} == {*EFFECTS, *NOT_MODELLED}
    assert len(ROWS) == len(SPECIFICATION["transitions"]) == 69


def test_generic_answers_have_actions() -> None:
    """Every generic answer is given by an action, but that reserved fields are ignored: messages have no fields here."""
    unsaid = {row["when"] for row in SPECIFICATION["generic_results"]} - {
        when for row in GENERIC.values() for when in row
    }
    assert unsaid == {"reserved field non-zero"}


def test_nothing_reads_the_latest_answer() -> None:
    """States that differ in the latest answer only have the same steps, so exploring one of them is enough."""
    assert not device().reads_the_answer()


@pytest.mark.parametrize("constants", BACKED, ids=str)
def test_every_step_is_backed_by_a_row(constants: tuple[tuple[str, Value], ...]) -> None:
    """With the switches as the rows have them, every step from every reachable state is an instance of a row (S6 aside)."""
    assert set() == complaints(device(*constants)) - SHARED_RANGE


def test_the_default_differs_in_one_ambiguity() -> None:
    """By default only T=1 requests for shared memory are treated otherwise than a row has it; S6 treats them as it does."""
    assert complaints(device()) == SHARED_RANGE
    assert complaints(device(("private_access_to_shared_range", True))) == set()


def test_every_row_of_a_request_is_taken() -> None:
    """Each answer that a row allows is given, in its state and under its guard, by one of the devices."""
    given: dict[tuple[str, str, str], set[Value]] = {}
    for constants in BACKED:
        one = device(*constants)
        for step in one.steps:
            if step.action in REQUESTS:
                given.setdefault(row_of(step, one.constants), set()).add(step.after["response"])
    assert {key: answers(row) for key, row in ROWS.items()} == given


def test_requests_are_granted_where_they_are_legal() -> None:
    """The states in which some instance of a request is granted are its legal states."""
    granted: dict[str, set[str]] = {request.name: set() for request in REQUESTS.values()}
    for step in device().steps:
        if step.action in REQUESTS and step.after["response"] == "RESPONSE":
            granted[REQUESTS[step.action].name].add(str(step.before["tdi"]))
    legal = {name: set(entry["legal_states"]) for name, entry in SPECIFICATION["requests"].items()}
    assert legal == granted


def test_every_row_of_an_event_is_taken() -> None:
    """Each event happens in every state and leads where its row says; leaving ERROR by itself happens in ERROR."""
    seen: dict[str, dict[str, set[str]]] = {name: {} for name in NEXT}
    one = device()
    for step in one.steps:
        if step.action in EVENTS and EVENTS[step.action].guard(one.constants):
            for name in EVENTS[step.action].rows:
                seen[name].setdefault(str(step.before["tdi"]), set()).add(str(step.after["tdi"]))
    only_in_error = {"error_auto_clear": {"ERROR": {"CONFIG_UNLOCKED"}}}
    expected = {name: {state: {after} for state, after in row.items()} for name, row in NEXT.items()}
    assert expected | only_in_error == seen


def test_packets_are_asked_in_every_state() -> None:
    """Each packet is met in each state of the TDI, so the rules are compared everywhere."""
    met = {(step.action, step.before["tdi"]) for step in device().steps if step.action in PACKETS}
    assert met == {(action, state) for action in PACKETS for state in SPECIFICATION["states"]}


@pytest.mark.parametrize("setting", EXPECTED_UNBACKED, ids=lambda setting: setting[0])
def test_other_devices_are_noticed(setting: tuple[str, Value]) -> None:
    """A device that reads the specification otherwise, or breaks it, has unbacked steps exactly where it was argued."""
    expected, _ = EXPECTED_UNBACKED[setting]
    assert complaints(device(setting)) == expected | SHARED_RANGE


def test_events_of_the_device_concern_all_tdis() -> None:
    """With two running TDIs, what happens to link, session, DSM or physical function happens to both; the rest to one."""
    two = Device({}, devices=2)
    running = two.semantics.initial_states().__next__()
    for name in (
        "open_session",
        "program_keys",
        *(
            f"{action}(interfaces[{position}])"
            for position in (0, 1)
            for action in ("write_tracked_register", "lock_interface", "get_report", "start_interface")
        ),
    ):
        running = two.semantics.step(running, two.system.by_name[name])
    where = [two.system.index[f"interfaces[{position}].tdi"] for position in (0, 1)]
    assert [running[position] for position in where] == ["RUN", "RUN"]
    both = set()
    for action, after in two.semantics.successors(running):
        moved = [position for position in where if after[position] != "RUN"]
        if len(moved) == 2:
            both.add(action.name)
        assert len(moved) < 2 or not action.template.parameters
    assert both == {
        "end_session",
        "take_link_down",
        "physical_function_reset",
        "conventional_reset",
        "force_firmware_update",
        "lose_stream",
        "lose_dsm_state",
        "authorise_debug",
    }
