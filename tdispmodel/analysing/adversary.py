"""What the host must be able to do to break a property: smallest sets of capabilities that do, largest that cannot.

Given a proposal, one property and a plan; asks `checking` for verdicts with capabilities switched off, as few as the
search in `border` needs.

Why that search may be used, that is, why with fewer host moves nothing is broken that was not broken before:

- invariant, step: with fewer moves there are fewer behaviours, hence fewer reachable states and steps.
- leads-to, never-endless: a counterexample takes host moves in its prefix only (they disturb), so its loop and all that
  fairness asks of it stay the same when host moves are taken away that it does not take.
- stays-possible: the states from which the goal must stay possible become fewer; the way to the goal relies on no host
  move (they are adversarial), so nothing changes there.
- must-be-possible: it is asked without the host, so the answer does not depend on capabilities at all.

A host action that is declared fair is a promise of the host and part of fairness and repair; for the three kinds about
infinite behaviours and repair it is therefore no capability and stays on.  Faults of the device itself and moves of the
environment are no capabilities of the host: they are always on.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tdispmodel.analysing.border import Asked, Border, Names, border
from tdispmodel.checking.asking import INTERRUPTED, Plan, check_group, grouped
from tdispmodel.engines.protocol import Limits, Progress, silent
from tdispmodel.ir.expressions import Actor
from tdispmodel.ir.model import Kind, Model, Property
from tdispmodel.reports.adversary import Adversary, Breaking, Unbreaking
from tdispmodel.verdict import Answer, Result, Skipped

RELIES_ON_PROMISES = (Kind.LEADS_TO, Kind.NEVER_ENDLESS, Kind.STAYS_POSSIBLE)


def capabilities_of(model: Model, wanted: Property) -> tuple[Names, Names]:
    """Return what the host can do in ``model``, and the part of it that it promises to do (see above)."""
    moves = [action for component in model.components for action in component.actions if action.actor is Actor.HOST]
    promised = {capability(action.name) for action in moves if action.fair and wanted.kind in RELIES_ON_PROMISES}
    return frozenset(capability(action.name) for action in moves) - promised, frozenset(promised)


def capability(action: str) -> str:
    """Return the name that ``--without`` knows a host action by."""
    return f"{Actor.HOST.value}.{action}"


@dataclass
class Oracle:
    """Verdicts on one property with exactly the given capabilities switched on; each set is asked once.

    The plan's time is for all questions together: when it is used up, what is left is open.
    """

    model: Model
    wanted: Property
    plan: Plan
    universe: Names
    progress: Progress = silent
    results: dict[Names, Result] = field(default_factory=dict)
    skipped: tuple[Skipped, ...] = ()
    interrupted: bool = False

    def __post_init__(self) -> None:
        self.limits: Limits = self.plan.limits()

    def __call__(self, names: Names) -> Asked:
        """Return the answer; what is interrupted is open.  Raises `Rejected` and `OurFault`."""
        try:
            result = self.result(names)
        except KeyboardInterrupt:
            self.interrupted = True
            return Asked(Answer.OPEN)
        found = result.verdict.answer
        return Asked(found, self.used(result) if found is Answer.VIOLATED else frozenset())

    def given_up(self) -> bool:
        """Whether nothing more is to be asked: time is up, or the user interrupted it."""
        return self.interrupted or self.limits.out_of_time()

    def used(self, result: Result) -> Names:
        """Return the capabilities that a counterexample uses; none where no behaviour is the evidence."""
        trace = result.verdict.trace
        taken = () if trace is None else [result.system.by_name[name] for name, _ in trace.steps]
        moves = {capability(action.template.name) for action in taken if action.actor is Actor.HOST}
        return self.universe & moves

    def result(self, names: Names) -> Result:
        """Return the whole verdict.  Raises `LookupError` when the property is not applicable."""
        known = self.results.get(names)
        if known is None:
            self.progress(f"{len(self.results)} sets of capabilities asked about")
            plan = replace(
                self.plan,
                without=tuple(sorted({*self.plan.without, *(self.universe - names)})),
                seconds=self.limits.remaining(),
            )
            groups, self.skipped = grouped(self.model, [self.wanted], plan)
            if not groups:
                raise LookupError
            (known,) = check_group(self.model.name, groups[0], plan, self.progress)
            self.results[names] = known
        return known


def adversary(model: Model, wanted: Property, plan: Plan, progress: Progress = silent) -> Adversary | Skipped:
    """Return what the host needs to break ``wanted`` in ``model``, or why the property cannot be asked of it.

    ``plan.without`` stays switched off throughout.  Raises `Rejected` and `OurFault`.
    """
    able, promised = capabilities_of(model, wanted)
    universe = able - set(plan.without)
    oracle = Oracle(model, wanted, plan, universe, progress)
    try:
        everything = oracle.result(universe)  # first, since an integer that leaves its range does so here if anywhere
    except LookupError:
        return oracle.skipped[0]
    found = border(universe, oracle, oracle.given_up)
    return Adversary(
        everything=everything,
        capabilities=tuple(sorted(universe)),
        promised=tuple(sorted(promised - set(plan.without))),
        breaking=breaking(found, oracle),
        unbreaking=tuple(Unbreaking(tuple(sorted(one.names)), one.sure) for one in found.unbroken),
        undecided=tuple(tuple(sorted(names)) for names in found.undecided),
        reason=reason(found, oracle),
        complete=found.complete,
        asked=len(oracle.results),
        interrupted=oracle.interrupted,
    )


def reason(found: Border, oracle: Oracle) -> str:
    """Return why sets are undecided: what the first open verdict says, or that the search was given up."""
    told = [one.verdict.reason for one in oracle.results.values() if one.verdict.answer is Answer.OPEN]
    if oracle.interrupted:
        told = [INTERRUPTED]
    elif not told and not found.complete:
        told = ["out of time" if oracle.limits.out_of_time() else "too many sets"]
    return next(iter(told), "")


def breaking(found: Border, oracle: Oracle) -> tuple[Breaking, ...]:
    """Return the smallest breaking sets, each with a counterexample of least length where one was found."""
    shown = []
    for one in found.broken:
        asked = None if oracle.given_up() else oracle.result(one.names)
        result = asked or oracle.results.get(one.names)
        exact = result is not None and result.verdict.answer is Answer.VIOLATED
        if result is None or not exact:  # time is up: the larger set's counterexample has to do
            larger = [known for names, known in oracle.results.items() if names >= one.names]
            broken = [known for known in larger if known.verdict.answer is Answer.VIOLATED]
            result = next(known for known in broken if oracle.used(known) == one.names)
        shown.append(Breaking(tuple(sorted(one.names)), one.sure, result, exact))
    return tuple(shown)
