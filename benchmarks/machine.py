"""Where a measurement was made: processor, memory, load, commit and the versions of the programs."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

VERSIONS = {
    "spin": ("spin", "-V"),
    "rumur": ("rumur", "--version"),
    "berkeley-abc": ("berkeley-abc", "-c", "version"),
    "gcc": ("gcc", "--version"),
}


def machine() -> dict[str, object]:
    """Return processor, cores, memory and system."""
    processor = re.search(r"model name\s*: (.*)", _text("/proc/cpuinfo"))
    memory = re.search(r"MemTotal:\s*(\d+)", _text("/proc/meminfo"))
    return {
        "processor": processor[1] if processor else platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "memory_mb": int(memory[1]) // 1024 if memory else None,
        "system": f"{platform.system()} {platform.release()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
    }


def load() -> tuple[float, ...]:
    """Return how many processes wanted to run in the last one, five and fifteen minutes."""
    return tuple(round(one, 2) for one in os.getloadavg())


def commit(root: Path) -> str:
    """Return the commit of a checkout, with a word when files differ from it; ``unknown`` outside of one."""
    found = _said(("git", "-C", str(root), "rev-parse", "--short=12", "HEAD"))
    if not found:
        return "unknown"
    changed = _said(("git", "-C", str(root), "status", "--porcelain", "--untracked-files=no"))
    return f"{found} and changes" if changed else found


def versions(programs: Iterable[str]) -> dict[str, str]:
    """Return the versions of the programs that are installed."""
    found: dict[str, str] = {}
    for program in programs:
        if program in VERSIONS and shutil.which(program) is not None:
            lines = [line for line in _said(VERSIONS[program]).splitlines() if re.search(r"\d\.\d|\d{4}\.\d", line)]
            found[program] = lines[0].strip() if lines else "unknown"
    return found


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _said(command: tuple[str, ...]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60).stdout.strip()
    except OSError:
        return ""
