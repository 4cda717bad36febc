"""Who may bind a driver, when, and on whose word."""

from __future__ import annotations

from tdispmodel.dsl import Actor, Step, invariant, needs, step_property
from tdispmodel.models.base import Device, Driver, Guest, Mapping, Phase, Tdi


def is_bound_anew(before: Device, later: Device) -> bool:
    """The operating driver is attached in this step."""
    return before.driver is not Driver.OPERATING and later.driver is Driver.OPERATING


def prepare_is_bound_anew(before: Device, later: Device) -> bool:
    """A prepare driver is attached in this step."""
    return before.driver is not Driver.PREPARE and later.driver is Driver.PREPARE


def is_verified(device: Device) -> bool:
    """In RUN, accepted, with a verdict that is current."""
    return device.tdi is Tdi.RUN and device.accepted and device.is_approved


@step_property(code="TDM101")
def no_trusted_driver_binds_pre_run(now: Device, after: Device) -> bool:
    """Whoever binds the operating driver, the TDI is in RUN. [debate 37]"""
    return not is_bound_anew(now, after) or now.is_listed or now.tdi is Tdi.RUN


@step_property(code="TDM102")
def trusted_driver_binds_only_verified(now: Device, after: Device) -> bool:
    """Whoever binds the operating driver: the TDI is in RUN, accepted, its verdict current. [debate 37, "and never otherwise"]"""
    return not is_bound_anew(now, after) or now.is_listed or is_verified(now)


@step_property(code="TDM103")
def kernel_binds_only_verified(now: Device, after: Device, step: Step) -> bool:
    """When the kernel binds the operating driver, the TDI is in RUN, accepted, its verdict current. [debate 15, 38, 110]"""
    return not (step.actor is Actor.KERNEL and is_bound_anew(now, after)) or now.is_listed or is_verified(now)


@step_property(code="TDM104")
def kernel_binds_only_verified_after_boot(now: Guest, after: Guest, step: Step) -> bool:
    """From the initrd on the kernel binds the operating driver only to a verified device in RUN. [debate 14, 18, 20, 44, 48, 64, 101, 107]"""
    return not (now.phase is not Phase.BOOT and step.actor is Actor.KERNEL) or all(
        not is_bound_anew(device, later) or device.is_listed or is_verified(device)
        for device, later in zip(now.devices, after.devices, strict=True)
    )


@step_property(code="TDM105")
def no_bind_on_stale_acceptance(now: Device, after: Device) -> bool:
    """A bind that finds the device accepted finds its TDI in RUN. [debate 57, 92]"""
    return not (is_bound_anew(now, after) and now.accepted) or now.tdi is Tdi.RUN


@step_property(code="TDM106")
def no_new_bind_with_secrets(now: Guest, after: Guest) -> bool:
    """While secrets are deployed no operating driver is bound anew. [debate 32, 35]"""
    return not now.secrets or all(
        not is_bound_anew(device, later) for device, later in zip(now.devices, after.devices, strict=True)
    )


@step_property(code="TDM107")
def no_shared_bind_with_secrets(now: Guest, after: Guest) -> bool:
    """While secrets are deployed nothing is bound at T=0, prepare drivers included. [debate 36, 62]"""
    return not now.secrets or all(
        not (device.driver is Driver.NONE and later.driver is not Driver.NONE) or later.mapping is not Mapping.SHARED
        for device, later in zip(now.devices, after.devices, strict=True)
    )


@step_property(code="TDM108")
def override_only_never_autobinds(now: Guest, after: Guest, step: Step) -> bool:
    """The kernel never binds an override_only driver on its own. [debate 60]"""
    return all(
        not (prepare_is_bound_anew(device, later) or (now.override_only and is_bound_anew(device, later)))
        or step.actor is not Actor.KERNEL
        for device, later in zip(now.devices, after.devices, strict=True)
    )


@step_property(code="TDM109")
def explicit_bind_never_defers(now: Device, after: Device, step: Step) -> bool:
    """An explicit bind never puts a device on the deferred list. [bind_store; measured; debate 88]"""
    return not (step.is_(Guest.bind, now) and not now.deferred) or not after.deferred


@step_property(code="TDM110")
def no_deferred_probe_with_autoprobe_off(now: Guest, after: Guest, step: Step) -> bool:
    """With automatic probing off a device that is retried is dropped, not probed. [deferred_probe_work_func; measured; debate 10]"""
    return all(
        not (step.is_(Guest.retry_deferred, device) and not now.bus_probes(device))
        or (
            later.driver is device.driver
            and later.ready is device.ready
            and later.preparation is device.preparation
            and not later.deferred
        )
        for device, later in zip(now.devices, after.devices, strict=True)
    )


@needs("Guest.topology_locked", "Device.newcomer")
@step_property(code="TDM111")
def locked_topology_admits_no_newcomer(now: Guest, after: Guest) -> bool:
    """After the topology lock no newly arrived device is bound. [debate 21, 32]"""
    return not now.topology_locked or all(
        not (device.newcomer and device.driver is Driver.NONE) or later.driver is Driver.NONE
        for device, later in zip(now.devices, after.devices, strict=True)
    )


@invariant(code="TDM112")
def nontdisp_binds_only_allowed(now: Guest) -> bool:
    """From the initrd on a device without TDISP is bound only to an allow-listed driver. [debate 40]"""
    return all(
        not (now.phase is not Phase.BOOT and not device.tdisp_capable and device.driver is Driver.OPERATING)
        or device.driver_is_allowed
        for device in now.devices
    )


@needs("Device.trust")
@invariant(code="TDM113")
def distrusted_device_is_driverless(now: Device) -> bool:
    """Trust 0 means that no driver is bound. [debate 125, 127, 136]"""
    return not now.is_distrusted or now.driver is Driver.NONE


@needs("Guest.bus_is_managed")
@invariant(code="TDM114")
def managed_buses_stay_off(now: Guest) -> bool:
    """From the initrd on automatic probing is off on every managed bus, later ones included. [debate 17 to 20]"""
    later_is_off = not now.later_buses_are_managed() or not now.later_autoprobe
    return not (now.bus_is_managed and now.phase is not Phase.BOOT) or (not now.autoprobe and later_is_off)
