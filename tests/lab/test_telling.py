"""What is told of a run, and the commands, where there is no kernel to ask."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tdispmodel.cli import main
from tdispmodel.lab.counterexamples.reproducing import Account, Done, Outcome
from tdispmodel.lab.counterexamples.script import script
from tdispmodel.lab.counterexamples.telling import account
from tdispmodel.lab.kernels.building import headers
from tdispmodel.lab.kernels.packages import Kernel
from tdispmodel.lab.running.observing import Device, Seen
from tests.lab.plans import hot_add, stored

HOT_ADD = ["reproduce", "initrd_autoprobe_off", "no_shared_exposure_after_initrd", "--set", "kernel=BEFORE_6_19"]


def mail(text: str) -> bool:
    """Whether a text can go into a mail."""
    return text.isascii() and all(len(line) <= 72 for line in text.splitlines())


def test_an_account_tells_what_differs() -> None:
    """The account of a run that ended otherwise says so first, names the kernel and the difference, and fits a mail;
    lines of the log about the device are shown, and no others.
    """
    plan = hot_add()
    log = (
        "[    1.0] pci 0000:01:00.0: bus: 'pci': add device 0000:01:00.0",
        "[    1.0] bus: 'pci': add device 0000:00:1f.0",
    )
    seen = Seen(False, True, (Device(True),), log, ("add /devices/pci0000:00/0000:01:00.0",))
    done = Account(plan, "7.2", Outcome.OTHERWISE, (Done(plan.steps[-1], seen, "driver: none"),), "driver: none")
    text = account(done, "initrd_autoprobe_off", "TDM301 no_shared_exposure_after_initrd", ["bind"])
    assert text.startswith("TDM301 no_shared_exposure_after_initrd: NOT REPRODUCED on 7.2\n")
    assert "OTHERWISE: driver: none" in text
    assert "uevents: add 0000:01:00.0" in text
    assert "| [ 1.0] pci 0000:01:00.0: bus: 'pci': add device 0000:01:00.0" in text
    assert "1f.0" not in text
    assert "without it in bind" in " ".join(text.split())
    assert mail(text)


def test_no_lab_is_a_complaint(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without QEMU both commands end with exit code 2, and say what is missing and how to get it."""
    monkeypatch.setenv("PATH", "")
    assert main([*HOT_ADD, "--progress", "never"]) == 2
    assert main(["lab"]) == 2
    said = capsys.readouterr().err
    assert said.count("E650") == 2
    assert "qemu-system-x86" in said


def test_a_script_needs_no_lab(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The script for others is written where there is no QEMU, and nothing is run."""
    monkeypatch.setenv("PATH", "")
    path = tmp_path / "hot-add.sh"
    assert main([*HOT_ADD, "--progress", "never", "--script", str(path)]) == 0
    assert path.read_text() == script(hot_add(), "TDM301 no_shared_exposure_after_initrd of initrd_autoprobe_off")


@pytest.mark.long
def test_a_script_builds_its_driver(stable: Kernel, tmp_path: Path) -> None:
    """Given the headers, the script builds the driver that defers, and finds that it was tried again."""
    tree, told = headers(stable, tmp_path / "headers")
    assert not told
    path = tmp_path / "deferral.sh"
    path.write_text(script(stored("cc_probe_defer/prepare_runs_once"), "the deferral"))
    words = ["sh", str(path), str(stable.image), str(stable.modules), str(tree)]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (ended.returncode, "deferred=1" in ended.stdout) == (0, True), ended.stdout + ended.stderr


@pytest.mark.long
def test_the_script_tells_kernels_apart(stable: Kernel, unstable: Kernel, tmp_path: Path) -> None:
    """Run by itself, the script for others ends with 0 on a kernel of 6.12 and with 1 on one since 6.19."""
    path = tmp_path / "hot-add.sh"
    path.write_text(script(hot_add(), "the hot-add"))
    for kernel, code in ((stable, 0), (unstable, 1)):
        ended = subprocess.run(["sh", path, kernel.image, kernel.modules], capture_output=True, text=True, check=False)
        assert ended.returncode == code, ended.stdout
