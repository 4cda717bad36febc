"""The requests of TDISP: what a DSM answers, and what becomes of a TDI.

`Interface` is the state of one TDI; `Responder` is the device with its DSM, without events and packets, which
`interface.py` adds.  How to read both is told there.
"""

from __future__ import annotations

from tdispmodel.dsl import Actor, Component, Constant, Each, action, require
from tdispmodel.models.interface_vocabulary import (
    Configuration as Configuration,
    Copy as Copy,
    Effect as Effect,
    Nonce as Nonce,
    Response as Response,
    Stream as Stream,
)
from tdispmodel.models.vocabulary import Tdi as Tdi


class Interface(Component):
    """One TDI, and what the guest that it is assigned to holds of it."""

    tdi: Tdi = Tdi.CONFIG_UNLOCKED
    configuration: Configuration = Configuration.UNFIT
    nonce: Nonce = Nonce.NONE
    copy: Copy = Copy.NONE  # the guest gets it with the report
    report_is_current: bool = False  # the guest has read the report of this lock
    reading: bool = False  # a report is read piece by piece, and that excludes other requests (S5)
    tvm_data: bool = False
    shared: bool = False  # IS_NON_TEE_MEM of the range that can be updated
    p2p: bool = False  # a P2P stream is bound
    needs_stop: bool = False  # in ERROR because of a function-level reset

    @property
    def is_locked_or_running(self) -> bool:
        """What the specification calls locked: tracked, and left for ERROR. [PCIe 11.2]"""
        return self.tdi in (Tdi.CONFIG_LOCKED, Tdi.RUN)


class Responder(Component):
    """One device with its TDIs and its DSM, asked by the TSM for the host and for the guest."""

    interfaces: Each[Interface]

    # the device
    ide_required: Constant[bool] = True
    optional_requests: Constant[bool] = True
    msix_locked: Constant[bool] = True  # LOCK_MSIX: the table is locked and reported
    auto_clears: Constant[bool] = True
    legacy_traffic: Constant[bool] = False  # T=0 traffic of an unlocked TDI counts as accepted
    configuration_extension: Constant[bool] = False  # SET_TDISP_CONFIG, 8Ch, which no text that was read knows
    # where the specification is ambiguous
    report_in_run: Constant[bool] = True  # S1: T11-3 and 11.2 against T11-16
    start_checks_state_first: Constant[bool] = True  # S2: a START outside CONFIG_LOCKED is wrong in two ways
    unsupported_is_invalid: Constant[bool] = False  # S3: T11-21, T11-23 and T11-25 against 11.3.1
    p2p_keys_of_binding_session: Constant[bool] = False  # S4: keys of the session of the BIND, not of the LOCK
    report_is_exclusive: Constant[bool] = False  # S5: other requests between pieces of a report are unexpected
    private_access_to_shared_range: Constant[bool] = False  # S6: 11.2.1 against 11.2
    wrong_stream_is_bad_configuration: Constant[bool] = False  # S7: the code is inferred
    unlocked_includes_error: Constant[bool] = False  # S8: an "unlocked" TDI may be locked, and ERROR counts as unlocked
    auto_clear_after_reset: Constant[bool] = False  # S9: 11.2 against 11.4.9
    poison_faults_locked: Constant[bool] = True  # S10: 11.2 against 11.4.6
    # what some responders do
    refused_lock_replaces_nonce: Constant[bool] = False
    version_resets: Constant[bool] = False
    errors_fault: Constant[bool] = False
    stop_needs_lock: Constant[bool] = False
    nonce_is_checked: Constant[bool] = True

    session: bool = False  # the SPDM session of TSM and DSM
    stream: Stream = Stream.INSECURE
    response: Response = Response.NONE

    # --- what happens to a TDI ---------------------------------------------------------------------------------------

    def settle(self, interface: Interface, effect: Effect) -> None:
        """What each effect does; the nonce lives in CONFIG_LOCKED only. [PCIe 11.3.9, 11.3.14, 11.3.16, 11.4.8]"""
        clears = effect in (Effect.STOP, Effect.RESET)
        unlocks = clears or effect in (Effect.LOSE_CONTEXT, Effect.CLEAR)
        fails = effect in (Effect.ERROR, Effect.FUNCTION_RESET)
        stays = effect not in (Effect.LOCK, Effect.START) and not fails and not unlocks
        keeps_nonce = stays and effect is not Effect.SPOIL_NONCE
        reads = effect is Effect.READ_REPORT
        handed = interface.nonce is Nonce.HANDED_OUT
        interface.tdi = (
            Tdi.CONFIG_LOCKED
            if effect is Effect.LOCK
            else Tdi.RUN
            if effect is Effect.START
            else Tdi.ERROR
            if fails
            else Tdi.CONFIG_UNLOCKED
            if unlocks
            else interface.tdi
        )
        interface.nonce = (
            Nonce.HANDED_OUT
            if effect is Effect.LOCK
            else Nonce.UNTOLD
            if effect is Effect.SPOIL_NONCE and interface.nonce is not Nonce.NONE
            else interface.nonce
            if keeps_nonce
            else Nonce.NONE
        )
        interface.copy = (
            Copy.CURRENT
            if reads and handed
            else Copy.STALE
            if interface.copy is Copy.CURRENT and not keeps_nonce
            else interface.copy
        )
        interface.report_is_current = reads or (interface.report_is_current and (stays or effect is Effect.START))
        interface.reading = (interface.reading and stays and not reads) or (
            effect is Effect.READ_PIECE and self.report_is_exclusive
        )
        interface.tvm_data = interface.tvm_data and not clears
        interface.shared = effect is Effect.SHARE_RANGE or (
            interface.shared and not unlocks and effect not in (Effect.LOCK, Effect.UNSHARE_RANGE)
        )
        interface.p2p = effect is Effect.BIND_STREAM or (interface.p2p and stays and effect is not Effect.UNBIND_STREAM)
        interface.needs_stop = effect is Effect.FUNCTION_RESET or (
            interface.needs_stop and not unlocks and effect is not Effect.LOCK
        )

    def reply(self, interface: Interface, answer: Response, effect: Effect) -> None:
        """The DSM answers a request; only one that is granted has an effect. [PCIe 11.3.2]"""
        self.response = answer
        refused = Effect.ERROR if self.errors_fault else Effect.NONE
        self.settle(interface, effect if answer is Response.RESPONSE else refused)

    def answer(self, interface: Interface, answer: Response, effect: Effect) -> None:
        """The same for all requests but those for the report, which others may interrupt or not (S5). [PCIe T11-27]"""
        self.reply(interface, Response.INVALID_INTERFACE_STATE if interface.reading else answer, effect)

    # --- how requests are answered -----------------------------------------------------------------------------------

    @property
    def stream_is_usable(self) -> bool:
        """Whether LOCK can bind the default stream. [PCIe 11.3.8, T11-12]"""
        return self.stream is Stream.SECURE or not self.ide_required

    def may_be_locked(self, interface: Interface) -> bool:
        """LOCK is legal in CONFIG_UNLOCKED (S8). [PCIe T11-3]"""
        return interface.tdi is Tdi.CONFIG_UNLOCKED or (self.unlocked_includes_error and interface.tdi is Tdi.ERROR)

    def has_report(self, interface: Interface) -> bool:
        """The report is there while the TDI is locked or running (S1). [PCIe T11-3, T11-16]"""
        return interface.tdi is Tdi.CONFIG_LOCKED or (self.report_in_run and interface.tdi is Tdi.RUN)

    def nonce_matches(self, interface: Interface) -> bool:
        """Whether the guest's copy is the stored nonce; it has to come from somewhere if nobody compares. [PCIe 11.3.14]"""
        return interface.copy is Copy.CURRENT or not self.nonce_is_checked

    def when_running(self, interface: Interface, otherwise: Response) -> Response:
        """What an optional request gets: unsupported (S3), in the wrong state, or what it deserves. [PCIe T11-3]"""
        unsupported = Response.INVALID_REQUEST if self.unsupported_is_invalid else Response.UNSUPPORTED_REQUEST
        legal = otherwise if interface.tdi is Tdi.RUN else Response.INVALID_INTERFACE_STATE
        return legal if self.optional_requests else unsupported

    # --- requests: discovery -----------------------------------------------------------------------------------------

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def get_version(self, interface: Interface) -> None:
        """GET_TDISP_VERSION with major version 1, in any state; some responders start afresh there. [PCIe 11.3.4, T11-3]"""
        require(self.session)
        resets = self.version_resets and interface.is_locked_or_running
        self.answer(interface, Response.RESPONSE, Effect.LOSE_CONTEXT if resets else Effect.NONE)

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def get_capabilities(self, interface: Interface) -> None:
        """GET_TDISP_CAPABILITIES, in any state. [PCIe 11.3.6, T11-3]"""
        require(self.session)
        self.answer(interface, Response.RESPONSE, Effect.NONE)

    @action(by=Actor.KERNEL, to=Actor.DEVICE)
    def get_state(self, interface: Interface) -> None:
        """GET_DEVICE_INTERFACE_STATE, in any state. [PCIe 11.3.12, T11-3]"""
        require(self.session)
        self.answer(interface, Response.RESPONSE, Effect.NONE)

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def vendor_request(self, interface: Interface) -> None:
        """VDM_REQUEST, optional, in any state. [PCIe 11.3.25, T11-3]"""
        require(self.session)
        answer = Response.RESPONSE if self.optional_requests else Response.UNSUPPORTED_REQUEST
        self.answer(interface, answer, Effect.NONE)

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def set_tdisp_config(self, interface: Interface) -> None:
        """Code 8Ch: unknown, unless the device has an extension that takes it while unlocked. [third-party code only]"""
        require(self.session)
        legal = Response.RESPONSE if interface.tdi is Tdi.CONFIG_UNLOCKED else Response.INVALID_INTERFACE_STATE
        self.answer(interface, legal if self.configuration_extension else Response.UNSUPPORTED_REQUEST, Effect.NONE)

    # --- requests: lock, report, start, stop -------------------------------------------------------------------------

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def lock_interface(self, interface: Interface) -> None:
        """LOCK_INTERFACE_REQUEST for the TDI's default stream. [PCIe 11.3.8, 11.3.9, T11-12]"""
        require(self.session)
        fits = interface.configuration is Configuration.FIT
        checked = Response.RESPONSE if fits else Response.INVALID_DEVICE_CONFIGURATION
        legal = checked if self.stream_is_usable else Response.INVALID_REQUEST
        answer = legal if self.may_be_locked(interface) else Response.INVALID_INTERFACE_STATE
        spoils = self.refused_lock_replaces_nonce and interface.tdi is Tdi.CONFIG_LOCKED
        self.response = Response.INVALID_INTERFACE_STATE if interface.reading else answer
        granted = answer is Response.RESPONSE and not interface.reading
        refused = Effect.ERROR if self.errors_fault else Effect.SPOIL_NONCE if spoils else Effect.NONE
        self.settle(interface, Effect.LOCK if granted else refused)

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def lock_another_stream(self, interface: Interface) -> None:
        """LOCK_INTERFACE_REQUEST for a stream that is not the only default one on TC 0 (S7). [PCIe 11.3.8]"""
        require(self.session and self.ide_required)
        bad = Response.INVALID_DEVICE_CONFIGURATION
        legal = bad if self.wrong_stream_is_bad_configuration else Response.INVALID_REQUEST
        answer = legal if self.may_be_locked(interface) else Response.INVALID_INTERFACE_STATE
        self.answer(interface, answer, Effect.NONE)

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def lock_without_entropy(self, interface: Interface) -> None:
        """LOCK_INTERFACE_REQUEST for which the device cannot make a nonce. [PCIe 11.3.8, T11-12]"""
        require(self.session)
        legal = Response.INSUFFICIENT_ENTROPY
        answer = legal if self.may_be_locked(interface) else Response.INVALID_INTERFACE_STATE
        self.answer(interface, answer, Effect.NONE)

    @action(by=Actor.KERNEL, to=Actor.DEVICE)
    def get_report(self, interface: Interface) -> None:
        """GET_DEVICE_INTERFACE_REPORT up to the end; the guest gets the nonce of the lock with it. [PCIe 11.3.10, T11-16]"""
        require(self.session)
        answer = Response.RESPONSE if self.has_report(interface) else Response.INVALID_INTERFACE_STATE
        self.reply(interface, answer, Effect.READ_REPORT)

    @action(by=Actor.KERNEL, to=Actor.DEVICE)
    def get_report_piece(self, interface: Interface) -> None:
        """GET_DEVICE_INTERFACE_REPORT of a part that does not reach the end. [PCIe 11.3.10, T11-27]"""
        require(self.session)
        answer = Response.RESPONSE if self.has_report(interface) else Response.INVALID_INTERFACE_STATE
        self.reply(interface, answer, Effect.READ_PIECE)

    @action(by=Actor.KERNEL, to=Actor.DEVICE)
    def get_report_beyond_end(self, interface: Interface) -> None:
        """GET_DEVICE_INTERFACE_REPORT with an offset outside the report. [PCIe T11-16]"""
        require(self.session)
        answer = Response.INVALID_REQUEST if self.has_report(interface) else Response.INVALID_INTERFACE_STATE
        self.reply(interface, answer, Effect.NONE)

    @action(by=Actor.KERNEL, to=Actor.DEVICE)
    def start_interface(self, interface: Interface) -> None:
        """START_INTERFACE_REQUEST with the guest's copy of the nonce (S2). [PCIe 11.3.14, T11-3]"""
        require(self.session)
        checked = Response.RESPONSE if self.nonce_matches(interface) else Response.INVALID_NONCE
        elsewhere = Response.INVALID_INTERFACE_STATE if self.start_checks_state_first else Response.INVALID_NONCE
        self.answer(interface, checked if interface.tdi is Tdi.CONFIG_LOCKED else elsewhere, Effect.START)

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def stop_interface(self, interface: Interface) -> None:
        """STOP_INTERFACE_REQUEST, in any state: work is aborted and TVM data scrubbed first. [PCIe 11.3.16, T11-3]"""
        require(self.session)
        refused = self.stop_needs_lock and interface.tdi is Tdi.CONFIG_UNLOCKED
        self.answer(interface, Response.INVALID_INTERFACE_STATE if refused else Response.RESPONSE, Effect.STOP)

    # --- requests while running --------------------------------------------------------------------------------------

    @action(by=Actor.KERNEL, to=Actor.DEVICE)
    def bind_p2p_stream(self, interface: Interface) -> None:
        """BIND_P2P_STREAM_REQUEST for a good stream with keys of the LOCK's session. [PCIe 11.3.18, T11-21]"""
        require(self.session)
        bound = Response.INVALID_REQUEST if interface.p2p else Response.RESPONSE
        self.answer(interface, self.when_running(interface, bound), Effect.BIND_STREAM)

    @action(by=Actor.KERNEL, to=Actor.DEVICE)
    def bind_p2p_stream_in_another_session(self, interface: Interface) -> None:
        """BIND_P2P_STREAM_REQUEST over another session than the LOCK's, with keys of that one (S4). [PCIe 11.3.18, 11.4.5]"""
        require(self.session)
        free = self.p2p_keys_of_binding_session and not interface.p2p
        bound = Response.RESPONSE if free else Response.INVALID_REQUEST
        self.answer(interface, self.when_running(interface, bound), Effect.BIND_STREAM)

    @action(by=Actor.KERNEL, to=Actor.DEVICE)
    def bind_bad_p2p_stream(self, interface: Interface) -> None:
        """BIND_P2P_STREAM_REQUEST for a bad stream, the default one, or one without keys. [PCIe T11-21]"""
        require(self.session)
        self.answer(interface, self.when_running(interface, Response.INVALID_REQUEST), Effect.NONE)

    @action(by=Actor.KERNEL, to=Actor.DEVICE)
    def unbind_p2p_stream(self, interface: Interface) -> None:
        """UNBIND_P2P_STREAM_REQUEST. [PCIe 11.3.20, T11-23]"""
        require(self.session)
        bound = Response.RESPONSE if interface.p2p else Response.INVALID_REQUEST
        self.answer(interface, self.when_running(interface, bound), Effect.UNBIND_STREAM)

    @action(by=Actor.KERNEL, to=Actor.DEVICE)
    def share_range(self, interface: Interface) -> None:
        """SET_MMIO_ATTRIBUTE_REQUEST: the range takes T=0, T=1 and unprotected requests. [PCIe 11.3.22]"""
        require(self.session)
        self.answer(interface, self.when_running(interface, Response.RESPONSE), Effect.SHARE_RANGE)

    @action(by=Actor.KERNEL, to=Actor.DEVICE)
    def unshare_range(self, interface: Interface) -> None:
        """SET_MMIO_ATTRIBUTE_REQUEST: the range takes T=1 only. [PCIe 11.3.22]"""
        require(self.session)
        self.answer(interface, self.when_running(interface, Response.RESPONSE), Effect.UNSHARE_RANGE)

    @action(by=Actor.KERNEL, to=Actor.DEVICE)
    def set_fixed_attribute(self, interface: Interface) -> None:
        """SET_MMIO_ATTRIBUTE_REQUEST for what cannot be updated; the failure is not fatal. [PCIe 11.3.22, T11-25]"""
        require(self.session)
        self.answer(interface, self.when_running(interface, Response.INVALID_REQUEST), Effect.NONE)

    # --- any request -------------------------------------------------------------------------------------------------

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def send_outside_session(self) -> None:
        """A message outside a secured session is not used and not answered. [PCIe 11.2.2]"""
        self.response = Response.NO_RESPONSE

    @action(by=Actor.DEVICE)
    def drop_request(self) -> None:
        """Too many requests are outstanding: one is dropped. [PCIe 11.2.4]"""
        require(self.session)
        self.response = Response.NO_RESPONSE

    @action(by=Actor.DEVICE)
    def be_busy(self, interface: Interface) -> None:
        """Too many requests are outstanding, or the DSM is not ready: the requester shall try again. [PCIe 11.2.4]"""
        require(self.session)
        self.reply(interface, Response.BUSY, Effect.NONE)

    @action(by=Actor.DEVICE)
    def fail_request(self, interface: Interface) -> None:
        """A request fails for a reason without a code. [PCIe T11-6]"""
        require(self.session)
        self.reply(interface, Response.UNSPECIFIED, Effect.NONE)

    @action(by=Actor.DEVICE)
    def fail_for_the_vendor(self, interface: Interface) -> None:
        """A request fails for a reason that a registry defines. [PCIe T11-27]"""
        require(self.session)
        self.reply(interface, Response.VENDOR_SPECIFIC_ERROR, Effect.NONE)

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def send_unknown_code(self, interface: Interface) -> None:
        """A request whose code is not known. [PCIe 11.3.1, T11-27]"""
        require(self.session)
        self.answer(interface, Response.UNSUPPORTED_REQUEST, Effect.NONE)

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def send_another_version(self, interface: Interface) -> None:
        """A request in a version that the device does not support. [PCIe T11-6]"""
        require(self.session)
        self.answer(interface, Response.VERSION_MISMATCH, Effect.NONE)

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def send_bad_field(self, interface: Interface) -> None:
        """A request with a bad field or size. [PCIe T11-6]"""
        require(self.session)
        self.answer(interface, Response.INVALID_REQUEST, Effect.NONE)

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def name_unknown_interface(self) -> None:
        """A request for an INTERFACE_ID that the device does not host. [PCIe T11-6]"""
        require(self.session)
        self.response = Response.INVALID_INTERFACE
