"""Listings as exact text."""

from __future__ import annotations

from tdispmodel.reports.listing import Entry, listing


def test_a_listing_has_columns() -> None:
    """Name, note and sentence stand in columns; only the first paragraph is shown, with its source."""
    assert """\
actions: 2
  start_initrd  userspace  The initrd takes over. [init/main.c]
  lock          userspace  Userspace writes to tsm/lock; the TSM sends
                           LOCK_INTERFACE_REQUEST. [drivers/pci/tsm.c;
                           TDISP 11.3.8]
""" == listing(
        "actions",
        [
            Entry("start_initrd", "userspace", "The initrd takes over.\n\nMore.", "init/main.c"),
            Entry(
                "lock",
                "userspace",
                "Userspace writes to tsm/lock;\nthe TSM sends LOCK_INTERFACE_REQUEST.",
                "drivers/pci/tsm.c; TDISP 11.3.8",
            ),
        ],
    )


def test_without_notes_there_is_no_column_for_them() -> None:
    """Names alone are a plain list, and an empty list says so."""
    assert "formats: 2\n  json\n  text\n" == listing("formats", [Entry("json"), Entry("text")])
    assert "formats: none\n" == listing("formats", [])


def test_long_names_have_their_sentences_below() -> None:
    """Where names and notes are too wide for columns, every sentence stands below its name."""
    assert """\
properties: 2
  short (invariant)
      Says little.
  kernel_binds_only_verified_after_boot (step)
      Whoever binds it, it is verified.
""" == listing(
        "properties",
        [
            Entry("short", "invariant", "Says little."),
            Entry("kernel_binds_only_verified_after_boot", "step", "Whoever binds it, it is verified."),
        ],
    )
