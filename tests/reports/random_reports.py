"""Random reports: long and foreign names, many devices, huge integers, long reasons.  They need make no sense."""

from __future__ import annotations

from hypothesis import strategies as st

from tdispmodel.ir.expressions import (
    BOOLEAN,
    TRUE,
    Actor,
    And,
    AtMost,
    Bounded,
    Enumeration,
    Equal,
    Expression,
    Literal,
    Not,
    Or,
    Read,
    Sort,
    Took,
    Value,
)
from tdispmodel.ir.model import Action, Kind, Property
from tdispmodel.ir.system import State, System, SystemAction, SystemProperty, SystemVariable, speaks_of_step
from tdispmodel.source import Complaint, Place
from tdispmodel.verdict import (
    Answer,
    Certificate,
    ClosedStates,
    InductiveInvariant,
    KInduction,
    Report,
    Result,
    Skipped,
    Space,
    Trace,
    Verdict,
    Witness,
)

HOSTILE = "aZ09_*`|\\-:.=<>'\"#$()[]{}, \n\t\x1b\u202e\u00e9\u2014\U0001f512"
NAMES = st.one_of(
    st.from_regex(r"[a-z]{1,12}(_[a-z]{1,12}){0,8}(\[[0-2]\]\.[a-z]{1,8})?", fullmatch=True),
    st.text(HOSTILE, min_size=1, max_size=60),
)
TEXTS = st.one_of(st.just(""), st.text(HOSTILE, max_size=200), st.lists(NAMES, max_size=6).map(" ".join))
SORTS: st.SearchStrategy[Sort] = st.one_of(
    st.just(BOOLEAN),
    st.lists(NAMES, min_size=1, max_size=3, unique=True).map(lambda members: Enumeration("E", tuple(members))),
    st.sampled_from([Bounded(0, 3), Bounded(-(10**40), 10**40)]),
)


def values(sort: Sort) -> st.SearchStrategy[Value]:
    """Values of a sort; of huge intervals also the ends."""
    if isinstance(sort, Bounded):
        return st.one_of(st.sampled_from([sort.low, sort.high]), st.integers(sort.low, sort.high))
    return st.sampled_from(sort.values)


@st.composite
def systems(draw: st.DrawFn) -> System:
    """A system whose actions do nothing; only names, sorts and docstrings matter to a report."""
    variables = [
        SystemVariable(name, sort, (draw(values(sort)),))
        for name, sort in draw(
            st.lists(st.tuples(NAMES, SORTS), min_size=1, max_size=3, unique_by=lambda each: each[0])
        )
    ]
    actions = []
    for name in draw(st.lists(NAMES, min_size=1, max_size=3, unique=True)):
        actor = draw(st.sampled_from(Actor))
        template = Action(
            name=name,
            owner="Guest",
            actor=actor,
            fairness=actor.fairness,
            text=draw(TEXTS),
            source=draw(TEXTS),
            patched=draw(st.sampled_from(["", "replaced"])),
            target=draw(st.sampled_from([None, *Actor])),
        )
        actions.append(
            SystemAction(
                name + draw(st.sampled_from(["", "(devices[0])", "(devices[0], devices[1])"])),
                actor,
                fairness=actor.fairness,
                disturbs=False,
                adversarial=False,
                guards=(),
                assignments=(),
                template=template,
            )
        )
    unique = {action.name: action for action in actions}
    return System(
        draw(NAMES),
        tuple(variables),
        tuple(unique.values()),
        devices=draw(st.integers(1, 3)),
        constants=tuple(
            draw(st.dictionaries(NAMES, st.one_of(st.booleans(), st.integers(), NAMES), max_size=3)).items()
        ),
        without=tuple(draw(st.lists(NAMES, max_size=2))),
    )


def formulas(system: System, steps: bool) -> st.SearchStrategy[Expression]:
    """Formulas over a system's variables, about a step if ``steps``."""
    leaves: list[st.SearchStrategy[Expression]] = [st.just(TRUE)]
    for variable in system.variables:
        after = st.booleans() if steps else st.just(False)
        reads = st.builds(Read, st.just(variable.name), st.just(variable.sort), after)
        literals = st.builds(Literal, values(variable.sort), st.just(variable.sort))
        leaves.append(st.builds(Equal, reads, literals))
        if variable.sort == BOOLEAN:
            leaves.append(reads)
        if isinstance(variable.sort, Bounded):
            leaves.append(st.builds(AtMost, reads, literals))
    if steps:
        leaves.append(
            st.sets(st.sampled_from([action.name for action in system.actions])).map(
                lambda found: Took(frozenset(found))
            )
        )
    return st.recursive(
        st.one_of(leaves),
        lambda inner: st.one_of(
            inner.map(Not),
            st.lists(inner, max_size=4).map(lambda parts: And(tuple(parts))),
            st.lists(inner, max_size=4).map(lambda parts: Or(tuple(parts))),
        ),
        max_leaves=5,
    )


@st.composite
def traces(draw: st.DrawFn, system: System, endless: bool) -> Trace:
    """A behaviour with random states and actions; an endless one returns to one of its states."""

    def state() -> State:
        return tuple(draw(values(variable.sort)) for variable in system.variables)

    names = st.sampled_from([action.name for action in system.actions])
    states = [state() for _ in range(draw(st.integers(1, 5)))]
    loop = draw(st.integers(0, len(states) - 1)) if endless else None
    if loop is not None:
        states[-1] = states[loop]
    return Trace(states[0], tuple((draw(names), each) for each in states[1:]), loop)


@st.composite
def results(draw: st.DrawFn, system: System | None = None) -> Result:
    """A verdict of any kind on a random system."""
    system = draw(systems()) if system is None else system
    kind = draw(st.sampled_from(Kind))
    formula = draw(formulas(system, steps=kind in (Kind.STEP, Kind.NEVER_ENDLESS, Kind.MUST_BE_POSSIBLE)))
    name, code, text = draw(NAMES), draw(st.sampled_from(["", "TDM101", "TDM999"])), draw(TEXTS)
    after = draw(formulas(system, steps=False)) if kind in (Kind.LEADS_TO, Kind.STAYS_POSSIBLE) else TRUE
    template = draw(st.sampled_from([None, Property(name, code, kind, "Guest", TRUE, text=text)]))
    antecedent = draw(st.sampled_from([None, formula]))
    assert kind is not Kind.INVARIANT or not speaks_of_step(formula)
    question = SystemProperty(name, code, kind, formula, after, antecedent, template)
    answer = draw(st.sampled_from(Answer))
    endless = kind in (Kind.LEADS_TO, Kind.NEVER_ENDLESS)
    trace = None
    certificate: Certificate | None = None
    if answer is Answer.VIOLATED and kind is not Kind.MUST_BE_POSSIBLE:
        trace = draw(traces(system, endless=endless))
    if answer is Answer.HOLDS:
        certificate = draw(
            st.sampled_from([None, ClosedStates(()), InductiveInvariant(TRUE), KInduction(3, TRUE, simple_path=True)])
        )
        if kind is Kind.MUST_BE_POSSIBLE:
            certificate = Witness(draw(traces(system, endless=False)))
    counts = st.integers(0, 10**30)
    verdict = Verdict(
        question,
        answer,
        draw(st.one_of(st.sampled_from(["explicit", "bmc"]), NAMES)),
        reason=draw(TEXTS),
        bound=draw(st.one_of(st.none(), st.integers(0, 10**12))),
        trace=trace,
        shortest=draw(st.booleans()),
        certificate=certificate,
        vacuous=draw(st.sampled_from([None, True, False])),
        space=draw(st.one_of(st.none(), st.builds(Space, counts, counts, counts))),
        seconds=draw(st.floats(0, 1e9)),
    )
    return Result(draw(NAMES), system, verdict)


COMPLAINTS = st.builds(
    Complaint, st.just("E201"), TEXTS, st.builds(Place, TEXTS, st.integers(1, 10**9), st.integers(1, 500)), TEXTS, TEXTS
)
REPORTS = st.builds(
    Report,
    st.lists(results(), max_size=2).map(tuple),
    st.lists(st.builds(Skipped, NAMES, NAMES, st.just("TDM110"), TEXTS), max_size=2).map(tuple),
    st.one_of(st.just(()), st.lists(COMPLAINTS, max_size=2).map(tuple)),
)
