"""A counterexample as a shell script for somebody who has QEMU, busybox and a kernel, and nothing of ours.

The guest does its steps, asks the host for the others on its console, and says after each what is to be seen; the
script compares it with what the model says.  Where our own driver is needed its source is in the script, which builds
it; the emulated TSM beside it is then told the states of the model, and does no verb.
"""

from __future__ import annotations

from collections.abc import Iterator

from tdispmodel.lab.counterexamples import emulating
from tdispmodel.lab.counterexamples.reproducing import Plan, Step
from tdispmodel.lab.counterexamples.telling import DOERS
from tdispmodel.lab.kernels.building import source
from tdispmodel.lab.running.machine import PORTS, address, arguments_of_ports
from tdispmodel.lab.running.observing import Seen
from tdispmodel.lab.running.operations import OWN, Doer

SETTLES = 2
MARK = "END_OF_SOURCE"
BUILDING = """\
#   HEADERS  of that kernel, for a driver that is built here: of Debian
#   /lib/modules/RELEASE/build with linux-headers-RELEASE installed;
#   and make and the kernel's compiler
"""

HEAD = """\
#!/bin/sh
# {about}
#
# usage: sh THIS IMAGE MODULES{headers}
#   IMAGE    a kernel's vmlinuz; MODULES its folder lib/modules/RELEASE
#   of Debian: apt-get download linux-image-VERSION-cloud-amd64,
#   dpkg-deb -x THAT.deb DIR, then DIR/boot/vmlinuz-* and
#   DIR/lib/modules/*
{building}# needs: qemu-system-x86_64, a static busybox with cpio, xz
# says: what was seen after each step; ends with 0 if the kernel does
#   what the model says, 1 if it does something else
set -eu
image=$1 modules=$2
work=$(mktemp -d)
mkdir -p "$work/root/bin" "$work/root/dev" "$work/root/proc" "$work/root/sys" "$work/root/modules"
cp "$(command -v busybox)" "$work/root/bin/busybox"
for name in {modules}; do
    file=$(find "$modules" -name "$name.ko*" | head -n 1)
    case $file in
    *.xz) xz -dc "$file" ;;
    *) cat "$file" ;;
    esac > "$work/root/modules/$name.ko"
done
{own}cat > "$work/root/init" <<'END'
#!/bin/busybox sh
export PATH=/bin
/bin/busybox mount -t sysfs sysfs /sys
"""

GUEST = """\
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox mount -t debugfs debug /sys/kernel/debug
/bin/busybox --install -s /bin
exec > /dev/console 2>&1
look() {{
    sleep {settles}
    line="SEEN $1 autoprobe=$(cat /sys/bus/pci/drivers_autoprobe)"
    test -d /sys/bus/pci/drivers/{driver} && line="$line loaded=1" || line="$line loaded=0"
    for device in {devices}; do
        name=$(basename "$(readlink /sys/bus/pci/devices/$device/driver)")
        test -d /sys/bus/pci/devices/$device && line="$line there=1" || line="$line there=0"
        grep -q "^$device" /sys/kernel/debug/devices_deferred && line="$line deferred=1" || line="$line deferred=0"
        line="$line driver=$name;"
    done
    echo "$line"
}}
"""

TAIL = """\
echo FINISHED
poweroff -f
END
chmod +x "$work/root/init"
(cd "$work/root" && find . | busybox cpio -o -H newc) > "$work/initramfs" 2> /dev/null
mkfifo "$work/monitor"
: > "$work/log"
qemu-system-x86_64 -machine q35 -accel tcg -cpu max -m 256 -nodefaults \\
    -display none -no-reboot -kernel "$image" -initrd "$work/initramfs" \\
    -append 'console=ttyS0 loglevel=4 panic=-1' \\
{ports}    -serial "file:$work/log" -monitor stdio < "$work/monitor" > /dev/null &
qemu=$!
exec 3> "$work/monitor"
trap 'kill $qemu 2> /dev/null || :; rm -rf "$work"' EXIT
wait_for() {{
    tries=0
    until grep -q "^$1" "$work/log"; do
        tries=$((tries + 1))
        test $tries -lt 300 || {{ echo "the guest does not answer"; tail "$work/log"; exit 2; }}
        sleep 1
    done
}}
otherwise=0
expect() {{
    wait_for "SEEN $1 "
    seen=$(grep "^SEEN $1 " "$work/log" | tr -d '\\r')
    if test "$seen" = "SEEN $1 $2"; then
        echo "step $1: as the model says: $2"
    else
        echo "step $1: the model says $2"
        echo "       $seen"
        otherwise=1
    fi
}}
"""

END = """\
wait_for FINISHED
test $otherwise = 0 && echo "the kernel does it" || echo "the kernel does something else"
exit $otherwise
"""


def script(plan: Plan, about: str) -> str:
    """Return the script that runs a plan, which must be one that can be run."""
    own = plan.driver.name == OWN
    modules = " ".join(() if own else plan.driver.modules)
    devices = " ".join(address(slot) for slot in range(_devices(plan)))
    parts = [
        HEAD.format(
            about=about,
            modules=modules,
            headers=" HEADERS" if own else "",
            building=BUILDING if own else "",
            own=_own() if own else "",
        ),
        "".join(f"{line}\n" for line in plan.first),
        GUEST.format(settles=SETTLES, driver=plan.driver.name, devices=devices),
        *(f"{line}\n" for line in _guest(plan)),
        TAIL.format(ports="".join(f"    -device {word} \\\n" for word in arguments_of_ports(plan.plugged))),
        *(f"{line}\n" for line in _host(plan)),
        END,
    ]
    return "".join(parts)


def _own() -> str:
    """Return the lines that build our own modules, with their source."""
    parts = ['mkdir "$work/own"\n']
    for path in sorted(source().iterdir()):
        parts += [f"cat > \"$work/own/{path.name}\" <<'{MARK}'\n", path.read_text(encoding="utf-8"), f"{MARK}\n"]
    parts += ['make -C "$3" M="$work/own" modules > /dev/null\ncp "$work/own"/*.ko "$work/root/modules/"\n']
    return "".join(parts)


def _devices(plan: Plan) -> int:
    return len(plan.every[-1].expected.devices) if plan.every else PORTS


def _numbered(plan: Plan) -> Iterator[tuple[int, Step, bool]]:
    """Yield the steps that are done once the initrd began, numbered, and whether what is seen then is compared."""
    first = len(plan.boot)
    steps = (*plan.boot[-1:], *plan.steps)
    for number, step in enumerate(steps, first):
        following = steps[number - first + 1 : number - first + 2]
        waits = bool(following) and following[0].operation.doer is Doer.KERNEL
        yield number, step, step.compared and not waits


def _guest(plan: Plan) -> Iterator[str]:
    own = plan.driver.name == OWN
    yield from plan.begin if own else ()
    for number, step, compared in _numbered(plan):
        yield f"# {number} {step.actor}: {step.name} - {DOERS[step.operation.doer]}"
        if step.operation.doer is Doer.GUEST:
            yield step.operation.command
        if step.operation.doer is Doer.EMULATED and own:
            for slot, interface in enumerate(step.interfaces):
                yield emulating.force(address(slot), interface)
        if step.operation.doer is Doer.HOST:
            yield f"echo HOST {number} {step.operation.command}"
        if compared:
            yield f"look {number}"


def _host(plan: Plan) -> Iterator[str]:
    for number, step, compared in _numbered(plan):
        if step.operation.doer is Doer.HOST:
            slot = step.operation.device or 0
            device = f"{plan.driver.device},id=device{slot},bus=port{slot}"
            verb = f"device_add {device}" if step.operation.command == "plug" else f"device_del device{slot}"
            yield f"wait_for 'HOST {number} '\necho '{verb}' >&3"
        if compared:
            yield f"expect {number} '{_expected(step.expected)}'"


def _expected(seen: Seen) -> str:
    words = [f"autoprobe={int(seen.autoprobe)} loaded={int(seen.driver_loaded)}"]
    words += [f"there={int(one.present)} deferred={int(one.deferred)} driver={one.driver};" for one in seen.devices]
    return " ".join(words)
