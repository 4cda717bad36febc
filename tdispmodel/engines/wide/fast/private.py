"""A folder in which only the user can have put what is there."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

SOURCES = ("kernels.py", "compiling.py")
"""What is compiled: others' kernels have another folder."""
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def cache_folder() -> Path | None:
    """Return the folder for compiled kernels, made if need be; None if there can be none that is safe."""
    if not hasattr(os, "geteuid"):
        return None
    digest = hashlib.sha256()
    for name in SOURCES:
        digest.update(Path(__file__).with_name(name).read_bytes())
    told = os.environ.get("XDG_CACHE_HOME", "")
    try:
        base = Path(told) if Path(told).is_absolute() else Path.home() / ".cache"
        folder = base / "tdispmodel" / f"kernels-{digest.hexdigest()[:16]}"
        base.mkdir(mode=0o700, parents=True, exist_ok=True)
        for each in (folder.parent, folder):
            each.mkdir(mode=0o700, exist_ok=True)
        folder = folder.resolve(strict=True)
    except (OSError, RuntimeError):
        return None
    return folder if private(folder) else None


def private(folder: Path) -> bool:
    """Whether a folder and all in it are the user's, nobody else gets into it, or can put another in its place."""
    try:
        closed = not folder.lstat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
        safe = closed and _own(folder) and all(_safe(each) for each in folder.parents)
        return safe and all(_own(each) for each in _inside(folder))
    except OSError:
        return False


def _inside(folder: Path) -> Iterator[Path]:
    """Yield all that is in a folder; links are not followed."""
    for each in folder.iterdir():
        yield each
        if each.is_dir() and not each.is_symlink():
            yield from _inside(each)


def _own(path: Path) -> bool:
    """Whether something is a folder or file of the user's, and no link."""
    found = path.lstat()
    return (stat.S_ISDIR(found.st_mode) or stat.S_ISREG(found.st_mode)) and found.st_uid == os.geteuid()


def _safe(path: Path) -> bool:
    """Whether nobody else can rename what the user, or root, has in a folder."""
    found = path.stat()
    mine = found.st_uid in {0, os.geteuid()}
    return mine and (not found.st_mode & OTHERS_WRITE or bool(found.st_mode & stat.S_ISVTX))
