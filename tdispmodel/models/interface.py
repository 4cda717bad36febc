"""The device alone: TEE device interfaces as their DSM sees them.

Requests with every answer, events that change the state without a request, packets, and what becomes of nonce, report,
streams, attributes and TVM data.  "PCIe 11.x" and "T11-n" are sections and tables of chapter 11 of the PCI Express Base
Specification 6.x.  The base model's `Device.tdi` is a coarse view of `Interface.tdi` (`tdispmodel refine`).

How to read it
    A request needs an SPDM session to be sent in; then it always fires and leaves its answer in `response`.  A packet
    leaves ACCEPTED or REJECTED there, any other step NONE: so a property can speak of how a step was answered.
    `settle` is the only place where a TDI's state changes; `Effect` names what can happen to one.
    Session, default stream and `response` belong to the device, everything else to each TDI.

Where the specification leaves a choice, a constant makes it; S1 to S10 number these ambiguities.

What is coarser than the world
    Codes are answers, not bytes: sizes, versions and reserved fields are one action each, since they concern any request.
    A LOCK whose parameters are wrong in several ways is answered for one of them; the order of checks is not specified.
    One range of memory can be shared and unshared, one never needs T=1; one P2P stream.  A P2P binding ends with RUN: the
    specification ends it at STOP, but nothing can use it, ask for it or see it in ERROR.
    A function-level reset leaves session and stream alone, as that of a function other than 0 does; what that of function 0
    does to them is not stated.
    A completion is not matched with its read: the next LOCK has finished or aborted all of them.
    What the host's IOMMU lets through, and a guest that enables DMA before it saw RUN, are not the device's concern.
"""

from __future__ import annotations

from tdispmodel.dsl import Actor, action, require
from tdispmodel.models.interface_requests import Interface as Interface, Responder as Responder
from tdispmodel.models.interface_vocabulary import (
    Configuration as Configuration,
    Copy as Copy,
    Effect as Effect,
    Nonce as Nonce,
    Response as Response,
    Stream as Stream,
)
from tdispmodel.models.vocabulary import Tdi as Tdi


class Platform(Responder):
    """One device, and everybody who can reach it: TSM, guest, host, link and the device's own faults."""

    # --- procedures --------------------------------------------------------------------------------------------------

    def fault(self, interface: Interface, happens: bool) -> None:
        """A TDI that is locked or running goes to ERROR; the others stay where they are. [PCIe 11.2]"""
        self.settle(interface, Effect.ERROR if happens and interface.is_locked_or_running else Effect.NONE)

    def fault_all(self, happens: bool) -> None:
        """The same for all TDIs of the device. [PCIe 11.4.5]"""
        self.response = Response.NONE
        for interface in self.interfaces:
            self.fault(interface, happens)

    def fault_one(self, interface: Interface, happens: bool) -> None:
        """An event that no packet carries, of one TDI. [PCIe 11.2]"""
        self.response = Response.NONE
        self.fault(interface, happens)

    def write_register(self, interface: Interface, tracked: bool) -> None:
        """A configuration write completes normally, whatever it does to the TDI. [PCIe 11.2]"""
        self.response = Response.ACCEPTED
        self.fault(interface, tracked)

    def pass_packet(self, interface: Interface, accepted: bool, private: bool) -> None:
        """A memory request is accepted or rejected; in RUN, a private one leaves TVM data. [PCIe 11.2.1]"""
        self.response = Response.ACCEPTED if accepted else Response.REJECTED
        interface.tvm_data = interface.tvm_data or (accepted and private and interface.tdi is Tdi.RUN)

    # --- session and stream ------------------------------------------------------------------------------------------

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def open_session(self) -> None:
        """The TSM opens an SPDM session with the DSM. [PCIe 11.3, 11.4.5]"""
        require(not self.session)
        self.session = True
        self.response = Response.NONE

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def program_keys(self) -> None:
        """The TSM programs the keys of the default stream over its session. [PCIe 11.3.8]"""
        require(self.session and self.ide_required and self.stream is not Stream.SECURE)
        self.stream = Stream.SECURE
        self.response = Response.NONE

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def program_keys_in_another_session(self) -> None:
        """Somebody programs the keys over a session that is not the TSM's. [PCIe 11.3.8]"""
        require(self.ide_required and self.stream is Stream.INSECURE)
        self.stream = Stream.OF_ANOTHER_SESSION
        self.response = Response.NONE

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def end_session(self) -> None:
        """The SPDM session ends: its streams are insecure, what was locked over it is in ERROR. [PCIe 11.4.5]"""
        require(self.session)
        self.session = False
        self.stream = Stream.INSECURE
        self.fault_all(True)

    # --- registers ---------------------------------------------------------------------------------------------------

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def write_tracked_register(self, interface: Interface) -> None:
        """The host writes a register that is tracked: Memory Space or Bus Master Enable cleared, a BAR, a tag bit. [PCIe 11.2.6, T11-2]"""
        fits = interface.configuration is Configuration.FIT
        interface.configuration = Configuration.UNFIT if fits else Configuration.FIT
        self.write_register(interface, True)

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def write_untracked_register(self, interface: Interface) -> None:
        """The host writes a register that is not tracked: Status, MSI, ACS, LTR, AER, ATS. [PCIe T11-2]"""
        self.write_register(interface, False)

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def write_msix_capability(self, interface: Interface) -> None:
        """The host writes the MSI-X capability, which is tracked if its table is locked. [PCIe T11-2]"""
        self.write_register(interface, self.msix_locked)

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def write_stream_registers(self, interface: Interface) -> None:
        """The host writes control or associations of the IDE stream, which are tracked if it is bound. [PCIe T11-2]"""
        self.write_register(interface, self.ide_required)

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def lose_power_state(self, interface: Interface) -> None:
        """The host has the function lose its state through a power transition. [PCIe T11-2]"""
        self.fault_one(interface, True)

    # --- events from the host and from the link ----------------------------------------------------------------------

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def change_requester_id(self, interface: Interface) -> None:
        """The bus or segment number of the function changes. [PCIe 11.2]"""
        self.fault_one(interface, True)

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def take_link_down(self) -> None:
        """The link goes down, and with it IDE. [PCIe T11-2, 11.4.3]"""
        self.stream = Stream.INSECURE
        self.fault_all(self.ide_required)

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def function_level_reset(self, interface: Interface) -> None:
        """The host resets the function: its registers are cleared, and STOP is needed afterwards. [PCIe 11.4.9]"""
        self.response = Response.NONE
        interface.configuration = Configuration.UNFIT
        self.settle(interface, Effect.FUNCTION_RESET if interface.is_locked_or_running else Effect.NONE)

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def physical_function_reset(self) -> None:
        """The host resets the physical function, and with it the TDIs of all its virtual ones. [PCIe 11.4.9]"""
        self.response = Response.NONE
        for interface in self.interfaces:
            interface.configuration = Configuration.UNFIT
            self.settle(interface, Effect.FUNCTION_RESET if interface.is_locked_or_running else Effect.NONE)

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def conventional_reset(self) -> None:
        """A cold, warm or hot reset: session, keys, registers and TVM data are gone, all TDIs unlocked. [PCIe 11.4.8]"""
        self.session = False
        self.stream = Stream.INSECURE
        self.response = Response.NONE
        for interface in self.interfaces:
            interface.configuration = Configuration.UNFIT
            self.settle(interface, Effect.RESET)

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def force_firmware_update(self) -> None:
        """The host forces an update or downgrade on a device that cannot do it at run time. [PCIe 11.4.2]"""
        self.session = False
        self.stream = Stream.INSECURE
        self.fault_all(True)

    @action(by=Actor.ENVIRONMENT, to=Actor.DEVICE)
    def lose_stream(self) -> None:
        """The IDE stream that the TDIs are bound to becomes insecure. [PCIe 11.2, 11.4.3]"""
        require(self.ide_required)
        self.stream = Stream.INSECURE
        self.fault_all(True)

    @action(by=Actor.ENVIRONMENT, to=Actor.DEVICE)
    def receive_poison(self, interface: Interface) -> None:
        """A poisoned packet arrives from which the TDI cannot recover (S10). [PCIe 11.2, 11.4.6]"""
        self.fault_one(interface, interface.tdi is Tdi.RUN or self.poison_faults_locked)

    @action(by=Actor.ENVIRONMENT, to=Actor.DEVICE)
    def receive_no_completion(self, interface: Interface) -> None:
        """A request of the TDI ends in UR, CA or a timeout from which it cannot recover. [PCIe 11.4.3]"""
        self.fault_one(interface, True)

    @action(by=Actor.ENVIRONMENT, to=Actor.DEVICE)
    def receive_plain_translation(self, interface: Interface) -> None:
        """An ATS Translation Completion arrives with T=0. [PCIe 11.4.10]"""
        self.fault_one(interface, interface.tdi is Tdi.RUN)

    @action(by=Actor.ENVIRONMENT, to=Actor.DEVICE)
    def receive_plain_page_response(self, interface: Interface) -> None:
        """A PRG Response arrives with T=0 or on a wrong stream. [PCIe 11.4.10]"""
        self.fault_one(interface, interface.tdi is Tdi.RUN)

    # --- events in the device ----------------------------------------------------------------------------------------

    @action(by=Actor.DEVICE)
    def find_data_error(self, interface: Interface) -> None:
        """The device finds an internal data error that it cannot correct. [PCIe 11.4.6]"""
        self.fault_one(interface, True)

    @action(by=Actor.DEVICE)
    def lose_dsm_state(self) -> None:
        """The DSM fails or loses the state of its TDIs. [PCIe 11.4.5]"""
        self.fault_all(True)

    @action(by=Actor.DEVICE)
    def authorise_debug(self) -> None:
        """Debugging is authorised at run time: IDE and the session end, too. [PCIe 11.4.7]"""
        self.session = False
        self.stream = Stream.INSECURE
        self.fault_all(True)

    @action(by=Actor.DEVICE)
    def scrub(self, interface: Interface) -> None:
        """A device that clears errors by itself first clears all TVM data. [PCIe 11.2]"""
        require(self.auto_clears and interface.tdi is Tdi.ERROR and interface.tvm_data)
        interface.tvm_data = False
        self.response = Response.NONE

    @action(by=Actor.DEVICE)
    def clear_error(self, interface: Interface) -> None:
        """The device leaves ERROR by itself, but not after a function-level reset (S9). [PCIe 11.2, 11.4.9]"""
        require(self.auto_clears and interface.tdi is Tdi.ERROR and not interface.tvm_data)
        require(not interface.needs_stop or self.auto_clear_after_reset)
        self.response = Response.NONE
        self.settle(interface, Effect.CLEAR)

    # --- packets to the device ---------------------------------------------------------------------------------------

    @action(by=Actor.KERNEL, to=Actor.DEVICE)
    def write_private(self, interface: Interface) -> None:
        """The guest writes the range with T=1 on the bound stream. [PCIe 11.2.1]"""
        accepted = interface.tdi is Tdi.RUN or (interface.shared and self.private_access_to_shared_range)
        self.pass_packet(interface, accepted, True)

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def write_private_on_another_stream(self, interface: Interface) -> None:
        """Somebody writes the range with T=1, but not on the bound stream. [PCIe 11.2.1]"""
        open_range = interface.shared and (interface.tdi is Tdi.RUN or self.private_access_to_shared_range)
        accepted = open_range or (interface.tdi is Tdi.RUN and not self.ide_required)
        self.pass_packet(interface, accepted, not interface.shared)

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def write_unprotected(self, interface: Interface) -> None:
        """Somebody writes the range with T=0: accepted if it is shared. [PCIe 11.2.1]"""
        legacy = self.legacy_traffic and interface.tdi is Tdi.CONFIG_UNLOCKED
        self.pass_packet(interface, interface.shared or legacy, False)

    @action(by=Actor.KERNEL, to=Actor.DEVICE)
    def write_private_to_shared_range(self, interface: Interface) -> None:
        """The guest writes a range that never needs T=1, with T=1 (S6). [PCIe 11.2, 11.2.1]"""
        accepted = interface.tdi is Tdi.RUN or self.private_access_to_shared_range
        self.pass_packet(interface, accepted, True)

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def write_shared_range(self, interface: Interface) -> None:
        """Somebody writes a range that never needs T=1, with T=0: accepted in every state. [PCIe 11.2.1]"""
        self.pass_packet(interface, True, False)

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def read_configuration(self, interface: Interface) -> None:
        """The host reads configuration space: always possible, secured or not. [PCIe 11.2]"""
        self.response = Response.ACCEPTED

    @action(by=Actor.ENVIRONMENT, to=Actor.DEVICE)
    def complete_read(self, interface: Interface) -> None:
        """The completion of a read that was issued in RUN arrives; its T bit is ignored. [PCIe 11.2.1]"""
        self.pass_packet(interface, interface.tdi is Tdi.RUN, True)

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def send_vendor_message(self, interface: Interface) -> None:
        """A vendor message for the TDI arrives with T=1. [PCIe 11.2.1]"""
        self.pass_packet(interface, interface.tdi is not Tdi.CONFIG_UNLOCKED, False)

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def send_plain_vendor_message(self, interface: Interface) -> None:
        """A vendor message for the TDI arrives with T=0. [PCIe 11.2.1]"""
        self.pass_packet(interface, self.legacy_traffic and interface.tdi is Tdi.CONFIG_UNLOCKED, False)

    # --- packets from the device: rejected means that it does not send them ------------------------------------------

    @action(by=Actor.DEVICE, to=Actor.KERNEL)
    def dma(self, interface: Interface) -> None:
        """DMA with T=1. [PCIe 11.2.1]"""
        self.pass_packet(interface, interface.tdi is Tdi.RUN, True)

    @action(by=Actor.DEVICE, to=Actor.KERNEL)
    def plain_dma(self, interface: Interface) -> None:
        """DMA with T=0. [PCIe 11.2.1]"""
        self.pass_packet(interface, self.legacy_traffic and interface.tdi is Tdi.CONFIG_UNLOCKED, False)

    @action(by=Actor.DEVICE, to=Actor.KERNEL)
    def msi(self, interface: Interface) -> None:
        """An MSI with T=0; about ERROR nothing is said, so none is sent. [PCIe 11.2.1]"""
        legacy = self.legacy_traffic and interface.tdi is Tdi.CONFIG_UNLOCKED
        self.pass_packet(interface, interface.is_locked_or_running or legacy, False)

    @action(by=Actor.DEVICE, to=Actor.KERNEL)
    def private_msi(self, interface: Interface) -> None:
        """An MSI with T=1. [PCIe 11.2.1]"""
        self.pass_packet(interface, False, False)

    @action(by=Actor.DEVICE, to=Actor.KERNEL)
    def msix(self, interface: Interface) -> None:
        """An MSI-X interrupt with T=0. [PCIe 11.2.1]"""
        plain = interface.tdi is Tdi.CONFIG_LOCKED or (interface.tdi is Tdi.RUN and not self.msix_locked)
        legacy = self.legacy_traffic and interface.tdi is Tdi.CONFIG_UNLOCKED
        self.pass_packet(interface, plain or legacy, False)

    @action(by=Actor.DEVICE, to=Actor.KERNEL)
    def private_msix(self, interface: Interface) -> None:
        """An MSI-X interrupt with T=1: in RUN, if the table is locked and reported. [PCIe 11.2.1]"""
        self.pass_packet(interface, interface.tdi is Tdi.RUN and self.msix_locked, False)

    @action(by=Actor.DEVICE, to=Actor.KERNEL)
    def translate(self, interface: Interface) -> None:
        """A translation, translated or page request with T=1. [PCIe 11.4.10]"""
        self.pass_packet(interface, interface.tdi is Tdi.RUN, False)

    @action(by=Actor.DEVICE, to=Actor.KERNEL)
    def plain_translate(self, interface: Interface) -> None:
        """A translation, translated or page request with T=0. [PCIe 11.4.10]"""
        self.pass_packet(interface, self.legacy_traffic and interface.tdi is Tdi.CONFIG_UNLOCKED, False)
