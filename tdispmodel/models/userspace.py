"""Userspace: what its policy asks before each verb, and the verbs.

A verb that can be refused always fires and sets `result` to its errno; a refusal changes nothing else.  Guards read
what userspace can see: the acceptance flag, errno, drivers, and its own beliefs - never the TDI.  What only a rogue or a
second agent does is not fair: it may as well do nothing.
"""

from __future__ import annotations

from tdispmodel.dsl import Actor, Constant, action, require
from tdispmodel.models.device import Device
from tdispmodel.models.security_manager import SecurityManager
from tdispmodel.models.vocabulary import (
    Driver,
    Evidence,
    Identity,
    Initcalls,
    Mapping,
    Phase,
    Result,
    Tdi,
    Userspace,
    Verdict,
)


class ManagedGuest(SecurityManager):
    """A guest kernel with a userspace that can sequence TDISP devices."""

    userspace: Constant[Userspace] = Userspace.CAREFUL
    relock_with_secrets: Constant[bool] = False
    vmm_traps_bus_master: Constant[bool] = True
    verdict_comes_late: Constant[bool] = False  # the relying party answers when it likes, to what it was sent
    stop_may_be_lost: Constant[bool] = False  # the TSM ignores that a STOP did not get through
    rival_agent: Constant[bool] = False  # a second agent relocks devices behind the first one's back
    userspace_only_recovers: Constant[bool] = False  # it unlocks and unbinds only what it saw fail
    binds_as_decided: Constant[bool] = False  # it reads the flag first, and writes bind in a later step
    accept_may_fail_late: Constant[bool] = False  # the device runs, and accept fails all the same
    new_id_for_another_device: Constant[bool] = False  # userspace writes new_id for the sake of another device

    secrets: bool = False
    attestation_bound: bool = False  # the guest's own attestation driver, on the platform bus
    result: Result = Result.DONE

    # --- what a proposal may replace ---------------------------------------------------------------------------------

    def userspace_may_bind(self, device: Device) -> bool:
        """Userspace's policy for binding the operating driver. [debate 33, 37, 108, 130]"""
        believed = self.userspace is Userspace.NAIVE or device.verdict is Verdict.APPROVED
        plain = not device.shows_tdisp and self.userspace_may_bind_plain(device)
        return self.userspace is Userspace.ROGUE or (device.accepted and believed) or plain

    def userspace_may_bind_plain(self, device: Device) -> bool:
        """Userspace's policy for a device that shows no TDISP: a careful one has nothing to trust its driver by. [debate 40]"""
        return self.userspace is Userspace.NAIVE

    def userspace_may_accept(self, device: Device) -> bool:
        """Userspace's policy for accepting a device. [debate 43, 115]"""
        return self.userspace is not Userspace.CAREFUL or device.verdict is Verdict.APPROVED

    def rival_may_interfere(self, device: Device) -> bool:
        """Whether the kernel lets an agent unlock and lock a device that another one locked: it does. [debate 119, 138]"""
        return True

    def userspace_prepares(self, device: Device) -> bool:
        """Whether userspace binds before the lock, for a driver that prepares the device and does not stay: not in the base. [debate 76]"""
        return False

    def lock_may_follow(self, device: Device) -> bool:
        """As far as userspace can see, preparing the device serves a lock."""
        return not device.accepted and not device.tsm_context and (not self.secrets or self.relock_with_secrets)

    def userspace_can_ask(self, device: Device) -> bool:
        """There is something to ask for, and the device was not seen to fail."""
        return self.userspace_runs and device.present and self.driver_loaded and not device.failed

    def userspace_asks_for(self, device: Device) -> bool:
        """Whether userspace asks for the operating driver now: its policy allows it, or did so when it decided."""
        allowed = device.decided if self.binds_as_decided else self.userspace_may_bind(device)
        return self.userspace_can_ask(device) and allowed

    def begin_anew(self, device: Device, begun: bool) -> None:
        """Userspace's own lock and unlock begin its sequence anew: what it believed and decided before is dropped."""
        self.forget_verdict(device, begun)
        device.decided = device.decided and not begun

    def forget_verdict(self, device: Device, forgotten: bool) -> None:
        """Userspace drops what it holds and believes about a device: with its own lock and unlock, and when it is gone."""
        device.evidence = Evidence.NONE if forgotten else device.evidence
        device.verdict = Verdict.NONE if forgotten else device.verdict

    def note_bind(self, device: Device) -> None:
        """What userspace makes of an explicit bind: nothing in the base."""

    def note_initrd(self) -> None:
        """What the initrd's first instruction configures: nothing in the base. [debate 17, 20]"""

    def note_failure(self, device: Device, failed: bool) -> None:
        """A userspace that only recovers remembers the device that could not be served."""
        device.failed = device.failed or (self.userspace_only_recovers and failed)

    # --- boot --------------------------------------------------------------------------------------------------------

    @action(by=Actor.USERSPACE)
    def start_initrd(self) -> None:
        """The first userspace instruction runs, in the initrd; every boot device was attached or passed over. [kernel_init, run_init_process]"""
        require(self.phase is Phase.BOOT and self.initcalls is Initcalls.OVER)
        require(all(not device.arrived for device in self.devices))
        self.phase = Phase.INITRD
        self.note_initrd()

    @action(by=Actor.USERSPACE)
    def start_userspace(self) -> None:
        """The initrd hands over to the real root; udev has loaded the drivers of internal devices. [platform_driver_probe; debate 22, 24, 25]"""
        require(self.phase is Phase.INITRD and self.userspace_runs)
        self.trigger_list(self.platform_autoprobe)
        self.phase = Phase.USERSPACE
        self.attestation_bound = self.platform_autoprobe

    # --- drivers -----------------------------------------------------------------------------------------------------

    def bind_result(self, device: Device) -> Result:
        """ENODEV: no match.  EBUSY: it has a driver.  ENODEV: not allowed.  EAGAIN: the probe defers.  EIO: it fails. [bind_store, device_driver_attach]"""
        return (
            Result.ENODEV
            if device.arrived or not self.matches(device)
            else Result.EBUSY
            if device.driver is not Driver.NONE
            else Result.ENODEV
            if not self.probe_is_allowed(device)
            else Result.EAGAIN
            if self.probe_is_deferred(device)
            else Result.EIO
            if self.probe_fails(device)
            else Result.DONE
        )

    @action(by=Actor.USERSPACE, to=Actor.KERNEL)
    def override_driver(self, device: Device) -> None:
        """Userspace names the operating driver in driver_override, which neither loads nor probes anything. [driver_override_store; debate 60]"""
        require(self.override_only and self.userspace_runs and device.present and not device.overridden)
        require(self.userspace_may_bind(device))
        device.overridden = True
        self.result = Result.DONE

    @action(by=Actor.USERSPACE)
    def decide(self, device: Device) -> None:
        """Userspace reads what its policy asks for, and decides to bind the device of that address. [tsm/accept; debate 33]"""
        require(self.binds_as_decided and self.userspace_runs and device.present and not device.decided)
        require(self.userspace_may_bind(device))
        device.decided = True

    @action(by=Actor.USERSPACE, to=Actor.KERNEL)
    def bind(self, device: Device) -> None:
        """Userspace writes the device to the operating driver's bind file. [bind_store; debate 33, 76]"""
        require(self.userspace_asks_for(device) or (self.userspace_can_ask(device) and self.userspace_prepares(device)))
        result = self.bind_result(device)
        device.decided = False
        self.note_failure(device, result in (Result.EAGAIN, Result.EIO) and device.accepted)
        self.note_bind(device)
        self.result = result
        self.probe(device, self.attaches_on_request(device), False, True)

    @action(by=Actor.USERSPACE, to=Actor.KERNEL)
    def drivers_probe(self, device: Device) -> None:
        """Userspace writes the device to drivers_probe, which does not tell how the probe ended. [drivers_probe_store]"""
        require(self.userspace_asks_for(device))
        require(device.driver is Driver.NONE)
        device.decided = False
        self.probe(device, self.attaches_on_request(device), self.attaches_on_request(device), True)
        self.result = Result.DONE

    @action(by=Actor.USERSPACE, to=Actor.KERNEL, fair=False)
    def new_id(self) -> None:
        """Userspace writes new_id, a rogue or for another device: the driver attaches to every matching unbound device. [new_id_store; measured]"""
        require(self.userspace_runs and self.driver_loaded)
        require(self.userspace is Userspace.ROGUE or self.new_id_for_another_device)
        self.result = Result.DONE
        for device in self.devices:
            self.probe(device, self.attaches_on_request(device), self.attaches_on_request(device), True)

    @action(by=Actor.USERSPACE, to=Actor.KERNEL)
    def unbind(self, device: Device) -> None:
        """Userspace unbinds the driver; unless the VMM traps it, the cleared Bus Master Enable ends RUN. [unbind_store, pci_disable_device; debate 81, 82]"""
        require(self.userspace_runs and device.present and device.driver is not Driver.NONE)
        require(device.failed or not self.userspace_only_recovers)
        self.fall_to_error(device, device.is_locked_or_running and not self.vmm_traps_bus_master)
        device.driver = Driver.NONE
        device.mapping = Mapping.NONE
        self.result = Result.DONE

    @action(by=Actor.USERSPACE, to=Actor.DEVICE, fair=False)
    def reset(self, device: Device) -> None:
        """A rogue userspace resets the function through sysfs: the command register is cleared first. [reset_store, pci_reset_function]"""
        require(self.userspace_runs and device.present and self.userspace is Userspace.ROGUE)
        self.detach_with_run(device, device.tdi is Tdi.RUN)
        self.fall_to_error(device, device.is_locked_or_running)
        self.result = Result.DONE

    @action(by=Actor.KERNEL, to=Actor.USERSPACE)
    def report_failure(self, device: Device) -> None:
        """The operating driver reads all ones from a device that left RUN, and complains. [debate 42, 92]"""
        require(self.userspace_only_recovers and device.present and not device.failed)
        require(device.mapping is Mapping.PRIVATE and device.tdi is not Tdi.RUN)
        device.failed = True

    @action(by=Actor.USERSPACE, to=Actor.KERNEL, fair=False)
    def turn_autoprobe_on(self) -> None:
        """A rogue userspace writes to drivers_autoprobe; whatever does not begin with 0 turns it on. [drivers_autoprobe_store; measured]"""
        require(self.userspace_runs and self.userspace is Userspace.ROGUE and not self.autoprobe)
        self.autoprobe = True

    # --- the verbs of the TSM ----------------------------------------------------------------------------------------

    @action(by=Actor.USERSPACE, to=Actor.DEVICE)
    def lock(self, device: Device) -> None:
        """Userspace has the TSM lock the interface; an earlier verdict is dropped. [lock_store; PCIe 11.3.8; debate 76]"""
        require(self.userspace_runs and device.present and (not self.secrets or self.relock_with_secrets))
        result = self.lock_result(device)
        locks = result is Result.DONE
        device.tdi = Tdi.CONFIG_LOCKED if locks else device.tdi
        device.tsm_context = device.tsm_context or locks
        self.begin_anew(device, locks)
        self.void_evidence(device, locks)
        self.note_lock(device, locks)
        self.result = result

    @action(by=Actor.USERSPACE, to=Actor.DEVICE)
    def measure(self, device: Device) -> None:
        """Userspace collects evidence from the locked device. [GET_DEVICE_INTERFACE_REPORT, PCIe 11.3.10; debate 41]"""
        require(self.userspace_runs and device.present and device.tsm_context and device.verdict is Verdict.NONE)
        collected = Evidence.OF_GENUINE if device.identity is Identity.GENUINE else Evidence.OF_IMPOSTOR
        result = self.measure_result(device)
        measured = result is Result.DONE
        device.evidence = collected if measured else device.evidence
        device.evidence_is_current = device.evidence_is_current or measured
        self.note_evidence(device, measured)
        self.note_failure(device, result is Result.EIO and not device.accepted)
        self.result = result

    @action(by=Actor.USERSPACE, to=Actor.RELYING_PARTY)
    def send_evidence(self, device: Device) -> None:
        """Userspace sends the evidence that it holds to the relying party, and goes on. [debate 119, 128]"""
        require(self.verdict_comes_late and self.userspace_runs and device.present)
        require(
            device.evidence is not Evidence.NONE and device.asked is Evidence.NONE and device.verdict is Verdict.NONE
        )
        device.asked = device.evidence
        device.answer_is_current = device.evidence_is_current
        self.note_asked(device)

    @action(by=Actor.USERSPACE, to=Actor.DEVICE)
    def accept(self, device: Device) -> None:
        """Userspace accepts the device: the TSM starts it and the kernel sets the flag. [accept_store; PCIe 11.3.14; debate 43, 76, 78]"""
        require(self.userspace_runs and device.present and self.userspace_may_accept(device))
        result = self.accept_result(device)
        starts = result is Result.DONE
        again = device.encrypted_ranges == 2
        self.note_failure(device, result is Result.EIO and not device.accepted)
        self.note_start(device, starts)
        device.tdi = Tdi.RUN if starts else device.tdi
        device.accepted = device.accepted or starts
        device.encrypted_ranges = device.encrypted_ranges + 1 if starts and not again else device.encrypted_ranges
        self.result = result

    @action(by=Actor.USERSPACE, to=Actor.DEVICE, fair=False)
    def accept_in_vain(self, device: Device) -> None:
        """Userspace accepts the device, the TSM starts it, and the accept fails after that: nobody takes the start back. [accept_store; debate 43]"""
        require(self.accept_may_fail_late and self.userspace_runs and device.present)
        require(self.userspace_may_accept(device))
        result = self.accept_result(device)
        self.note_failure(device, result in (Result.DONE, Result.EIO) and not device.accepted)
        device.tdi = Tdi.RUN if result is Result.DONE else device.tdi
        self.result = Result.EIO if result is Result.DONE else result

    @action(by=Actor.USERSPACE, to=Actor.DEVICE)
    def unlock(self, device: Device) -> None:
        """Userspace unlocks the device, from whatever state it is in. [unlock_store; PCIe 11.3.16]"""
        require(self.userspace_runs and device.present)
        require(device.failed or not self.userspace_only_recovers)
        result = self.unlock_result(device)
        unlocks = result is Result.DONE
        self.release(device, unlocks)
        self.take_back(device, unlocks)
        self.begin_anew(device, unlocks)
        self.result = result

    @action(by=Actor.USERSPACE, to=Actor.DEVICE, fair=False)
    def unlock_in_vain(self, device: Device) -> None:
        """Userspace unlocks the device, and the STOP gets lost: the kernel forgets the lock, the TDI stays as it is. [unlock_store; PCIe 11.3.16]"""
        require(self.stop_may_be_lost and self.userspace_runs and device.present)
        require(device.tsm_context and self.tsm_registered and device.driver is Driver.NONE)
        require(device.failed or not self.userspace_only_recovers)
        self.drop_context(device, True)
        self.take_back(device, True)
        self.begin_anew(device, True)
        self.result = Result.DONE

    # --- a second agent ----------------------------------------------------------------------------------------------

    @action(by=Actor.USERSPACE, to=Actor.DEVICE, fair=False)
    def rival_unlock(self, device: Device) -> None:
        """A second agent unlocks the device; the first one goes on believing. [unlock_store; debate 119, 128, 138]"""
        require(self.rival_agent and self.userspace_runs and device.present and self.rival_may_interfere(device))
        require(self.unlock_result(device) is Result.DONE)
        self.release(device, True)
        self.take_back(device, True)

    @action(by=Actor.USERSPACE, to=Actor.DEVICE, fair=False)
    def rival_lock(self, device: Device) -> None:
        """A second agent locks the device; the first one goes on believing. [lock_store; debate 119, 128, 138]"""
        require(self.rival_agent and self.userspace_runs and device.present and self.rival_may_interfere(device))
        require(not device.tsm_context and (not self.secrets or self.relock_with_secrets))
        locks = self.lock_result(device) is Result.DONE
        device.tdi = Tdi.CONFIG_LOCKED if locks else device.tdi
        device.tsm_context = locks
        self.void_evidence(device, locks)
        self.note_rival_lock(device, locks)
