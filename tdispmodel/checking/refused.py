"""Words such as ``accept@2`` as questions why an action could not happen at that place of a behaviour.

Given the words of ``--why-not``, the model and the result that shows the behaviour; gives `Asked`, or complaints.
"""

from __future__ import annotations

from collections.abc import Iterable

from tdispmodel.checking.mistakes import USAGE, mistake, shortened, unknown
from tdispmodel.ir.model import Model
from tdispmodel.ir.system import System
from tdispmodel.reports.why.refusals import Asked
from tdispmodel.semantics.grounding import Grounding, Scope

LONGEST = 9
"""So many digits no trace has steps for."""
HINT = "write ACTION@STEP: accept@2, 'accept(devices[0])@2'; step 0 is the start"


def places(texts: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Return action and step of each ``ACTION@STEP``, each once.  Raises `Rejected`."""
    found = []
    for text in texts:
        action, _, step = (part.strip() for part in text.rpartition("@"))
        if not action or not step.isascii() or not step.isdigit() or len(step) > LONGEST:  # no trace is so long
            raise mistake(USAGE, f"--why-not {shortened(text)!r} names no action and step", HINT)
        found.append((action, int(step)))
    return tuple(dict.fromkeys(found))


def asked(wanted: Iterable[tuple[str, int]], model: Model, system: System, steps: int) -> tuple[Asked, ...]:
    """Return the questions about a behaviour of ``system``, an instance of ``model``, that has so many steps.

    Raises `Rejected` for an action or a step that does not exist.
    """
    constants = dict(system.constants)
    grounding = Grounding(model, Scope(system.devices, constants, system.without))
    found = []
    for name, step in wanted:
        if step > steps:
            message = f"--why-not {shortened(name)}@{step}: the behaviour has {steps} step{'' if steps == 1 else 's'}"
            raise mistake(USAGE, message, HINT)
        named = {name, name.rpartition(".")[2]}
        taken = [one for one in grounding.taken if one[0] == name or one[1].name in named]
        exact = [one for one in taken if one[0] == name] or taken
        if exact:
            instances = tuple(grounding.action(label, action, env) for label, action, env, _ in exact)
            found.append(Asked(name, step, instances))
        else:
            found.append(Asked(name, step, missing=_missing(name, model, system, grounding)))
    return tuple(found)


def _missing(name: str, model: Model, system: System, grounding: Grounding) -> str:
    """Return why there is no such action in the system.  Raises `Rejected` when there never was."""
    everything = Grounding(model, Scope(system.devices, dict(system.constants)))
    for label, action, _, _ in everything.taken:
        if name in (label, action.name, f"{action.owner}.{action.name}"):
            return f"switched off: --without {action.actor.value}.{action.name}"
    plain = name.partition("(")[0].rpartition(".")[2]
    for component in model.components:
        for owner, removed in component.removed:
            if plain == removed:
                return f"{model.name} removes {owner}.{removed}"
    known = {label for label, _, _, _ in grounding.taken} | {action.name for _, action, _, _ in grounding.taken}
    raise unknown(USAGE, "action", name, sorted(known))
