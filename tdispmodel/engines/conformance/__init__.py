"""What every engine must answer: a suite that ships with the package, so that any engine can be put to it.

`cases()` gives tiny systems with a question each and the answer that follows from the meaning of the property, with the
reason in words; `faults(engine, case)` says in words what an engine got wrong, and an empty list is conformance::

    from tdispmodel.engines.conformance import cases, faults

    for case in cases():
        assert faults(MyEngine(), case) == []
"""

from tdispmodel.engines.conformance.corners import CORNERS
from tdispmodel.engines.conformance.plain import PLAIN
from tdispmodel.engines.conformance.suite import Case, faults

__all__ = ["Case", "cases", "faults"]


def cases() -> tuple[Case, ...]:
    """Return all cases, each with a name of its own: the plain ones, then the corners of docs/semantics.md."""
    return (*PLAIN, *CORNERS)
