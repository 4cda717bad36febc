"""One PCI device: its TDI, what the guest kernel keeps of it, what userspace believes, and what only the model knows."""

from __future__ import annotations

from typing import Annotated

from tdispmodel.dsl import Actor, Component, Constant, Ghost, HiddenFrom, Range, anything
from tdispmodel.models.vocabulary import Bus, DeviceKind, Driver, Evidence, Identity, Mapping, Preparation, Tdi, Verdict


class Device(Component):
    """One PCI device with its TDI, what the guest kernel knows of it, and what userspace believes."""

    # the device itself
    kind: Annotated[Constant[DeviceKind], HiddenFrom(Actor.KERNEL, Actor.USERSPACE, Actor.RELYING_PARTY)] = (
        DeviceKind.TDISP
    )
    bus: Constant[Bus] = Bus.PCI
    driver_is_allowed: Constant[bool] = False  # the operating driver is on the list for devices without TDISP
    shows_tdisp: bool = anything()  # the TDISP capability bit, the device's word
    tdi: Annotated[Tdi, HiddenFrom(Actor.USERSPACE, Actor.RELYING_PARTY)] = Tdi.CONFIG_UNLOCKED
    identity: Annotated[Identity, HiddenFrom(Actor.KERNEL, Actor.USERSPACE, Actor.RELYING_PARTY)] = anything()
    ready: Annotated[bool, HiddenFrom(Actor.USERSPACE, Actor.RELYING_PARTY)] = anything()
    # what the guest kernel keeps
    present: bool = anything()
    arrived: bool = anything()  # announced to userspace; the PCI core has not yet tried to attach a driver
    overridden: bool = False  # driver_override names the operating driver
    driver: Driver = Driver.NONE
    mapping: Mapping = Mapping.NONE
    triggers: bool = False  # it was bound, and the deferred list has not been triggered by that
    deferred: bool = False
    retry_due: bool = False  # moved from the pending to the active list
    error_reported: bool = False  # a fatal error message arrived, and recovery has not run
    tsm_context: bool = False
    accepted: bool = False
    encrypted_ranges: Annotated[int, Range(0, 2)] = 0  # how many sets of ranges are recorded as encrypted
    # what userspace holds and believes
    evidence: Evidence = Evidence.NONE
    verdict: Verdict = Verdict.NONE
    asked: Evidence = Evidence.NONE  # evidence that the relying party has, and has not answered
    decided: bool = False  # userspace is about to bind it; kept when the device is replaced: bind takes an address
    failed: bool = False  # a request of this device or its driver failed; kept by a userspace that only recovers
    # ghosts
    evidence_is_current: Annotated[bool, Ghost] = False
    answer_is_current: Annotated[bool, Ghost] = False  # what was sent is what userspace holds, and is current
    exposed: Annotated[bool, Ghost] = False  # the operating driver, not listed, was ever bound at T=0 after BOOT
    preparation: Annotated[Preparation, Ghost] = Preparation.NONE

    @property
    def tdisp_capable(self) -> bool:
        """Whether there is a TDI at all, whatever the capability bit says."""
        return self.kind not in (DeviceKind.PLAIN, DeviceKind.FAKED)

    @property
    def can_be_wanted(self) -> bool:
        """A device that a tenant can mean, in confidential mode. [debate 84]"""
        return self.tdisp_capable and self.kind is not DeviceKind.IMPOSTOR

    @property
    def is_listed(self) -> bool:
        """A device without TDISP whose driver is allow-listed: the rules for confidential devices are not about it. [debate 40]"""
        return not self.tdisp_capable and self.driver_is_allowed

    @property
    def is_locked_or_running(self) -> bool:
        """The states in which tracked changes end in ERROR. [PCIe 11.2]"""
        return self.tdi in (Tdi.CONFIG_LOCKED, Tdi.RUN)

    @property
    def prepared_once_more(self) -> Preparation:
        """What the ghost says after another run of the prepare step."""
        return Preparation.ONCE if self.preparation is Preparation.NONE else Preparation.REPEATED

    @property
    def is_approved(self) -> bool:
        """A current verdict: userspace believes in an approval, and the evidence still belongs to this lock."""
        return self.verdict is Verdict.APPROVED and self.answer_is_current
