"""What runs in the guest: a shell of busybox that does what it is told over a serial line.

The first lines are the initrd's first instructions, so that a policy can be in force before anything else runs.
"""

from __future__ import annotations

from collections.abc import Sequence

READY = "the guest is ready"
ENDED = "== "

INIT = """\
#!/bin/busybox sh
export PATH=/bin
/bin/busybox mount -t sysfs sysfs /sys
{first}
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox mount -t debugfs debug /sys/kernel/debug
/bin/busybox --install -s /bin
uevent env >> /tmp/uevents 2> /dev/null &
stty raw -echo < /dev/ttyS1
look() {{
    bus=$1
    driver=$2
    shift 2
    echo autoprobe=$(cat /sys/bus/$bus/drivers_autoprobe)
    test -d /sys/bus/$bus/drivers/$driver && echo driver_loaded=1 || echo driver_loaded=0
    for device; do
        echo device=$device
        test -d /sys/bus/$bus/devices/$device && echo present=1 || echo present=0
        echo driver=$(basename "$(readlink /sys/bus/$bus/devices/$device/driver)")
        grep -q "^$device" /sys/kernel/debug/devices_deferred && echo deferred=1 || echo deferred=0
    done
}}
exec < /dev/ttyS1 > /dev/ttyS1
echo {ready}
while read -r line; do
    eval "$line" 2>&1
    echo "{ended}$?"
done
poweroff -f
"""


def init(first: Sequence[str] = ()) -> str:
    """Return the text of ``/init``, with the first instructions of this initrd."""
    return INIT.format(first="\n".join(first), ready=READY, ended=ENDED)
