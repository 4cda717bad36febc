"""Where the catalogue is, and which model file a PROPOSAL on the command line means.

The catalogue is data: the folders ``proposals/``, ``properties/``, ``counterexamples/`` and ``debate/``.  It is looked
for upwards from the current folder (a ``pyproject.toml`` beside ``properties/`` and ``proposals/``), then in the
checkout that this package belongs to, then in the installed package itself.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from tdispmodel.checking.mistakes import NO_CATALOGUE, UNKNOWN_PROPOSAL, mistake, shortened, unknown
from tdispmodel.source import Rejected

PACKAGE = Path(__file__).resolve().parent.parent

MODELS = ("base", "interface", "small_interface")
"""The models that come with the package, by name: not proposals, but they can be checked as one."""


@dataclass(frozen=True)
class Catalogue:
    """The folder that holds ``proposals/``, ``properties/``, ``counterexamples/`` and ``debate/``."""

    root: Path

    @property
    def proposals(self) -> dict[str, Path]:
        """The model files of the catalogue by name, in alphabetical order."""
        return {path.stem: path for path in model_files(self.root / "proposals")}

    @property
    def property_files(self) -> tuple[Path, ...]:
        """The files that hold the catalogue's properties, in alphabetical order."""
        return model_files(self.root / "properties")

    @property
    def counterexamples(self) -> Path:
        """The folder of the stored counterexamples."""
        return self.root / "counterexamples"

    @property
    def statements(self) -> Path:
        """The file of the debate's statements, which need not be there."""
        return self.root / "debate" / "statements.toml"

    @property
    def litmus_files(self) -> tuple[Path, ...]:
        """The litmus scenarios of the catalogue, in alphabetical order."""
        return tuple(sorted((self.root / "litmus").glob("*.litmus")))

    def resolve(self, proposal: str) -> Path:
        """Return the model file that ``proposal`` means: a name of the catalogue or of a model of `MODELS`, or a path.

        Raises `Rejected` when there is no such name.  Whether a path can be read is for the reader to say.
        """
        known = self.proposals
        name = proposal.replace("-", "_")
        if name in known:
            return known[name]
        if looks_like_path(proposal):
            return model_file(proposal)
        if name in MODELS:
            return as_seen_from_here(PACKAGE / "models") / f"{name}.py"
        raise unknown(UNKNOWN_PROPOSAL, "proposal", proposal, (*known, *MODELS))

    def owns(self, path: Path) -> bool:
        """Whether ``path`` is one of the catalogue's own proposals."""
        return path.resolve() in {known.resolve() for known in self.proposals.values()}


def model_files(folder: Path) -> tuple[Path, ...]:
    """Return the model files of a folder, sorted; files whose name starts with an underscore are helpers."""
    if not folder.is_dir():
        return ()
    return tuple(sorted(path for path in folder.glob("*.py") if not path.name.startswith("_")))


def model_file(text: str) -> Path:
    """Return the path that ``text`` writes.  Raises `Rejected` for a folder; whether a file is a model is not asked."""
    path = Path(text)
    if "\0" not in text and path.is_dir():
        raise mistake(UNKNOWN_PROPOSAL, f"{shortened(text)} is a folder", "give the path of a model file, a .py file")
    return path


def looks_like_path(proposal: str) -> bool:
    """Whether an argument is meant as a path and not as a name: it ends in ``.py``, has a folder, or is there."""
    if proposal.endswith(".py") or "/" in proposal or os.sep in proposal:
        return True
    return os.path.lexists(proposal) if "\0" not in proposal else False


def find_catalogue(start: Path | None = None, package: Path = PACKAGE) -> Catalogue:
    """Return the catalogue seen from the folder ``start`` (default: the current one).

    Raises `Rejected` when neither ``start``, nor a folder above it, nor the checkout or the installed package that
    ``package`` is has one.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents, package.parent):
        if (folder / "pyproject.toml").is_file() and holds_catalogue(folder):
            return Catalogue(as_seen_from_here(folder))
    if holds_catalogue(package / "_catalogue"):
        return Catalogue(as_seen_from_here(package / "_catalogue"))
    raise no_catalogue()


def holds_catalogue(folder: Path) -> bool:
    """Whether ``folder`` has the two folders that make a catalogue."""
    return (folder / "properties").is_dir() and (folder / "proposals").is_dir()


def as_seen_from_here(folder: Path) -> Path:
    """Return ``folder`` relative to the current one when it is below or above it, so that output names no host path."""
    try:
        here = Path.cwd().resolve()
    except OSError:
        return folder
    if folder == here or folder in here.parents or here in folder.parents:
        return Path(os.path.relpath(folder, here))
    return folder


def no_catalogue() -> Rejected:
    """Return the complaint that there is no catalogue."""
    return mistake(
        NO_CATALOGUE,
        "there is no catalogue: no folder upwards from here has properties/ and proposals/ beside a pyproject.toml",
        "run inside a checkout, or install the package, which carries the catalogue",
    )
