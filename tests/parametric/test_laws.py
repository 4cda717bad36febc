"""Laws about any number of devices, on random models: no wrong proof, no wrong number, and the judge accepts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import assume, given, strategies as st

from tdispmodel.compiling.layout import Layout
from tdispmodel.engines.protocol import Limits
from tdispmodel.engines.registry import engine
from tdispmodel.ir.expressions import Value
from tdispmodel.ir.model import Model, Property
from tdispmodel.judging import judge_all
from tdispmodel.judging.parametric import judge_family
from tdispmodel.parametric import answers
from tdispmodel.parametric.answers import MOST_DEVICES, Finding, LeavesRangeWith, findings
from tdispmodel.semantics import Semantics, start_states
from tdispmodel.semantics.families import Family, Kinds
from tdispmodel.verdict import Answer
from tests.laws.random_families import families
from tests.laws.random_systems import LONG, law
from tests.laws.wild_families import wild_families

MOST_BITS = 16
"""Larger instances are not visited state by state."""
TRIED = 4
FEW_DEVICES = 3
"""What is said of more devices in unusual places takes the judge a minute; in a long run it is judged, too."""
Asked = tuple[Family, Sequence[Property]]


@st.composite
def with_kinds(draw: st.DrawFn, *, counting: bool = False) -> Asked:
    """Draw a model, for each of its collections one kind of device or two, and its properties."""
    model = draw(families(counting=counting))
    kinds = {part.name: draw(kinds_of(model, part.kind)) for part in model.component(model.root).parts if part.many}
    return Family(model, Kinds(kinds=kinds)), model.properties


def kinds_of(model: Model, component: str) -> st.SearchStrategy[tuple[Mapping[str, Value], ...]]:
    """One kind of a component's instances or two different ones."""
    known = model.component(component).constants
    row = st.fixed_dictionaries({one.name: st.sampled_from(one.sort.values) for one in known})
    return st.lists(row, min_size=1, max_size=2, unique_by=repr).map(tuple)


@st.composite
def in_unusual_places(draw: st.DrawFn) -> Asked:
    """Draw a model with devices in unusual places, its kinds, perhaps a capability that is switched off."""
    model = draw(wild_families(counting=draw(st.integers(0, 9)) == 0))
    kinds = {part.name: draw(kinds_of(model, part.kind)) for part in model.component(model.root).parts if part.many}
    actions = [f"{one.actor.value}.{one.name}" for known in model.components for one in known.actions]
    off = (draw(st.sampled_from(actions)),) if actions and draw(st.integers(0, 3)) == 0 else ()
    family = Family(model, Kinds(kinds=kinds, without=off))
    assume(any(next(start_states(Semantics(family.system(devices))), None) for devices in (1, 2)))
    return family, model.properties


class Exact:
    """What is true of a family's instances with one to four devices, as far as all states can be visited."""

    def __init__(self, family: Family, properties: Sequence[Property]) -> None:
        self.holds: dict[Property, list[bool]] = {wanted: [] for wanted in properties}
        self.vacuous: dict[Property, list[bool]] = {wanted: [] for wanted in properties}
        for devices in range(1, TRIED + 1):
            system = family.system(devices)
            if Layout(system).bits > MOST_BITS:
                return
            questions = {wanted: family.questions(family.property(wanted), devices) for wanted in properties}
            flat = list(dict.fromkeys(one for some in questions.values() for one in some))
            known = {one.property: one for one in engine("explicit").answer(system, flat, Limits())}
            for wanted, some in questions.items():
                self.holds[wanted].append(all(known[one].answer is Answer.HOLDS for one in some))
                self.vacuous[wanted].append(all(bool(known[one].vacuous) for one in some))

    def objections(self, wanted: Property, finding: Finding) -> list[str]:
        """What is wrong with a finding, if anything."""
        holds, vacuous = self.holds[wanted], self.vacuous[wanted]
        wrong = []
        match finding.verdict.answer:
            case Answer.HOLDS:
                if not all(holds):
                    wrong.append(f"proven for any number, but violated with {holds.index(False) + 1}")
                if finding.verdict.vacuous and not all(vacuous):
                    wrong.append(f"called vacuous, but not with {vacuous.index(False) + 1}")
                if finding.verdict.vacuous is False and len(vacuous) == TRIED and all(vacuous):
                    wrong.append("not called vacuous")
            case Answer.VIOLATED:
                needed = finding.devices or 0
                if finding.holds_up_to != needed - 1:
                    wrong.append("violated, but not known to hold with fewer")
                if not all(holds[: needed - 1]) or (needed <= len(holds) and holds[needed - 1]):
                    wrong.append(f"the least number is not {needed}: {holds}")
            case Answer.OPEN:
                if not finding.verdict.reason:
                    wrong.append("open without a reason")
                if not all(holds):
                    wrong.append(f"open, but violated with {holds.index(False) + 1}")
        return wrong


def objections(asked: Asked, engines: Sequence[str], judged_up_to: int = MOST_DEVICES) -> list[str]:
    """Everything that is wrong with what is found about a family; instances of more devices are not judged."""
    family, properties = asked
    try:
        known = findings(family, properties, engines, Limits(60))
    except LeavesRangeWith:
        return []
    exact = Exact(family, properties)
    wrong = [f"{wanted.name}: {one}" for wanted in properties for one in exact.objections(wanted, known[wanted])]
    of_any = [(wanted, one.verdict) for wanted, one in known.items() if one.devices is None]
    several = len([part for part in family.model.component(family.model.root).parts if part.many]) > 1
    for one in judge_family(family, of_any):  # with several collections it may need as many of one as of another
        wrong += [f"refused: {one.reason}"] * (not one.accepted and not (several and one.undecided))
    for finding in known.values():
        for devices, verdicts in finding.fewer.items():
            if devices <= judged_up_to:
                wrong += [one.reason for one in judge_all(family.system(devices), verdicts) if not one.accepted]
        if finding.devices is not None:
            (judged,) = judge_all(family.system(finding.devices), [finding.verdict])
            wrong += [judged.reason] * (not judged.accepted)
    return wrong


@pytest.mark.parametrize("engines", [(), ("ic3",), ("diagrams",)], ids=["auto", "clauses", "views"])
def test_nothing_that_is_found_is_wrong(engines: tuple[str, ...]) -> None:
    """A proof is right with one to four devices, the least number is the least, and the judges accept everything."""

    @law(40)
    @given(with_kinds())
    def check(asked: Asked) -> None:
        assert [] == objections(asked, engines)

    check()


@law(30)
@given(in_unusual_places())
def test_nothing_is_wrong_where_devices_stand_in_unusual_places(asked: Asked) -> None:
    """The same of models with devices in several places, parts of devices, loops that look around, and the like."""
    assert [] == objections(asked, (), MOST_DEVICES if LONG else FEW_DEVICES)


@law(25)
@given(with_kinds(counting=True))
def test_counting_is_never_claimed_to_be_covered(asked: Asked) -> None:
    """Models that count devices are refused or right as well."""
    assert [] == objections(asked, ())


@law(25)
@given(with_kinds())
def test_views_exclude_what_clauses_exclude(asked: Asked) -> None:
    """What clauses about two devices at most prove, the views of two devices prove as well: they are the strongest."""
    family, properties = asked
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answers, "MOST_DEVICES", 2)
        try:
            clauses = findings(family, properties, ("ic3",), Limits(60))
            views = findings(family, properties, ("diagrams",), Limits(60))
        except LeavesRangeWith:
            return
    proven = [one.name for one in properties if clauses[one].verdict.answer is Answer.HOLDS]
    assert proven == [
        name for name in proven if name in {one.name for one in properties if views[one].verdict.answer is Answer.HOLDS}
    ]
