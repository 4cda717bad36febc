"""Helpers of a model file, found in its text."""

from __future__ import annotations

from pathlib import Path

from tdispmodel.checking.helpers import helpers, replaced

MODEL = '''
class Room(Component):
    """A room."""

    @property
    def is_dark(self) -> bool:
        """No lamp
        is on."""
        return True

    def undocumented(self) -> bool:
        return True

    @action(by=Actor.HOST)
    def surge(self) -> None:
        """Too much power."""


class OldRoom(Room):
    @replaces(Room.is_dark)
    def is_dark(self) -> bool:
        return False

    @restricts(Room.surge)
    def surge(self) -> None:
        require(True)
'''


def test_helpers_are_documented_methods_that_are_no_actions(tmp_path: Path) -> None:
    """Methods and properties with a docstring are helpers, actions are not."""
    (tmp_path / "room.py").write_text(MODEL)
    assert {"Room.is_dark": "No lamp is on."} == helpers([tmp_path / "room.py"], {"Room": "Room"})


def test_helpers_are_called_by_their_component(tmp_path: Path) -> None:
    """A component that is written in several classes, and files, has the helpers of all; other classes have none."""
    (tmp_path / "room.py").write_text(MODEL)
    (tmp_path / "hall.py").write_text("class Hall(Room):\n    def is_long(self) -> bool:\n        '''Long.'''\n")
    paths = [tmp_path / "hall.py", tmp_path / "room.py"]
    assert {"Hall.is_dark", "Hall.is_long"} == set(helpers(paths, {"Room": "Hall", "Hall": "Hall"}))
    assert {"Hall.is_long"} == set(helpers(paths, {"Hall": "Hall"}))


def test_what_is_replaced(tmp_path: Path) -> None:
    """What stands behind @replaces is replaced; what is restricted is not."""
    (tmp_path / "room.py").write_text(MODEL)
    assert {"Room.is_dark"} == replaced(tmp_path / "room.py")
