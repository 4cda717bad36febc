"""Pages in a browser: every state that is shown is the engine's, and what a reader does has the effect that it should."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tdispmodel.exploring.description import Description
from tdispmodel.exploring.page import page as page_text
from tdispmodel.ir.expressions import negation
from tdispmodel.ir.model import Kind
from tdispmodel.reports.trace import trace_of
from tests.exploring.conftest import Described, Opening
from tests.exploring.engine import Engine, words
from tests.exploring.screen import READ, compare, fragment, questions, shown


def test_every_shown_state_is_the_engines(described: Described, opened: Opening) -> None:
    """In each of bench-tdi's 143 states the page shows the values, the actions with what they change, the state of the
    TDI and the truth of each property that the engine has; no other action can happen, and what it is said to need is
    the first part of its guard that is false.
    """
    description = described()
    assert compare(description, opened(description)) == 143


def test_a_walk_through_a_proposal_is_the_engines(proposal: Description, proposal_page: str, opened: Opening) -> None:
    """In every sixtieth state of a proposal, values, actions, broken invariants, and the step properties that the page
    says a step would break, are the engine's.
    """
    system = proposal.system
    invariants, steps = questions(proposal, Kind.INVARIANT), questions(proposal, Kind.STEP)
    broken = {code: negation(formula) for _, code, formula in (*invariants, *steps)}
    engine = Engine(system, broken.values())
    truths = {code: engine.truth(formula) for code, formula in broken.items()}
    sample = range(0, len(engine.states), 60)
    starts = proposal.contents.part.starts
    ways = [engine.path(number) for number in sample]
    paths = [fragment(proposal, starts.index(start), actions) for start, actions in ways]
    found = shown(opened(proposal_page), paths)
    for number, seen in zip(sample, found, strict=True):
        state = engine.states[number]
        assert seen["values"] == {v.name: words(value) for v, value in zip(system.variables, state, strict=True)}
        assert set(seen["can"]) == {system.actions[action].name for action, _ in engine.steps(number)}
        assert set(seen["can"]).isdisjoint(seen["cannot"])
        assert len(seen["can"]) + len(seen["cannot"]) == len(system.actions)
        for name, code, _ in invariants:
            assert (seen["standing"][name] == "broken") == truths[code](number, -1)
        expected = {}
        for action, after in engine.steps(number):
            wrong = [code for _, code, _ in steps if truths[code](number, action)]
            wrong += [code for _, code, _ in invariants if truths[code](after, -1) and not truths[code](number, -1)]
            if wrong:
                expected[system.actions[action].name] = f"breaks {', '.join(sorted(wrong))}"
        assert seen["breaks"] == expected


def test_counterexamples_lead_to_where_the_judged_trace_ends(
    proposal: Description, proposal_page: str, opened: Opening
) -> None:
    """The button of each violated property walks the judged trace: as many rows in the chart, the same last state, the
    property broken there if it is one of states or steps.
    """
    page = opened(proposal_page)
    violated = [
        known
        for known in proposal.contents.asked
        if known.result is not None and known.questions and trace_of(known.result)
    ]
    violated = [known for known in violated if known.wanted.kind in (Kind.INVARIANT, Kind.STEP)]
    assert len(violated) > 5
    for known in violated:
        trace = trace_of(known.result) if known.result else None
        assert trace is not None
        box = page.locator(f'[data-property="{known.wanted.name}"]')
        box.locator("summary").click()
        box.locator("[data-show=end]").click()
        page.wait_for_function(
            "n => document.querySelectorAll('.chart .row:not(.undone)').length === n", arg=len(trace)
        )
        (seen,) = page.evaluate(READ, [page.evaluate("document.documentElement.dataset.path")])
        last = zip(proposal.system.variables, trace.states[-1], strict=True)
        assert seen["values"] == {variable.name: words(value) for variable, value in last}
        assert seen["standing"][known.wanted.name] == "broken"
        page.locator(f'[data-property="{known.wanted.name}"] summary').click()


def steps_of(page: Any) -> list[str]:
    """The names of the steps in the chart that are not undone."""
    rows = page.locator(".chart .row:not(.undone)")
    found: list[str] = rows.evaluate_all("all => all.map((one) => one.dataset.action)")
    return found


def names_of(page: Any) -> list[str]:
    """The names of the actions that are offered."""
    found: list[str] = page.locator("#can .action").evaluate_all("all => all.map((one) => one.dataset.action)")
    return found


def test_keys(described: Described, opened: Opening) -> None:
    """Everything can be done by keys: take, undo, redo, go to the start, choose, fork, filter, help, why not, theme."""
    page = opened(described())
    first, second = names_of(page)[:2]
    page.keyboard.press("1")
    assert steps_of(page) == [first]
    page.keyboard.press("u")
    assert steps_of(page) == []
    page.keyboard.press("r")
    assert steps_of(page) == [first]
    page.keyboard.press("Backspace")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    assert steps_of(page) == [second]
    page.keyboard.press("f")
    page.keyboard.press("1")
    assert len(steps_of(page)) == 2
    assert page.locator(".fork").count() == 2  # the first way, left by another step, and the one that was asked for
    page.keyboard.press("s")
    assert steps_of(page) == []
    page.keyboard.press("w")
    assert page.locator("#cannot").evaluate("one => one.open")
    page.keyboard.press("/")
    page.keyboard.type("initrd")
    assert names_of(page) == ["start_initrd"]
    page.keyboard.press("Escape")
    assert len(names_of(page)) > 1
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#help").is_visible()
    colour = (
        "getComputedStyle(document.body).backgroundColor + getComputedStyle(document.documentElement).backgroundColor"
    )
    light = page.evaluate(colour)
    page.keyboard.press("t")
    assert page.evaluate(colour) != light


def test_links_and_the_back_button(described: Described, opened: Opening) -> None:
    """The address names the path: Back and Forward walk along it, and a link opens where it was copied."""
    description = described()
    page = opened(description)
    page.keyboard.press("1")
    page.keyboard.press("1")
    two = steps_of(page)
    address = page.evaluate("location.hash")
    page.go_back()
    page.wait_for_function("document.querySelectorAll('.chart .row:not(.undone)').length === 1")
    assert steps_of(page) == two[:1]
    page.go_forward()
    page.wait_for_function("document.querySelectorAll('.chart .row:not(.undone)').length === 2")
    assert steps_of(page) == two
    assert steps_of(opened(description, address)) == two


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("#00000000/0.0", "made for another version"),
        ("#{hash}/7", "start state that there is not"),
        ("#{hash}/0.9999", "step 1 is not possible"),
        ("#{hash}/0.0.x", "names no path"),
        ("#<img src=x onerror=alert(1)>", "names no path"),
    ],
)
def test_links_that_lead_nowhere(address: str, told: str, described: Described, opened: Opening) -> None:
    """A link of another version, or one that is wrong, is told in words; the page shows what it can."""
    description = described()
    page = opened(description, address.replace("{hash}", description.document["hash"]))
    page.wait_for_function("document.getElementById('note').textContent !== ''")
    assert told in page.locator("#note").inner_text()
    assert len(names_of(page)) > 0


def test_forks(described: Described, opened: Opening) -> None:
    """Whoever undoes and takes another step does not lose the first way; a fork can be gone to, and comes back."""
    page = opened(described())
    names = names_of(page)
    page.keyboard.press("1")
    page.keyboard.press("1")
    first = steps_of(page)
    page.keyboard.press("s")
    assert page.locator(".chart .row.undone").count() == 2
    page.keyboard.press("2")
    assert steps_of(page) == [names[1]]
    page.locator(".fork .chip").first.click()
    page.wait_for_function("document.querySelectorAll('.chart .row:not(.undone)').length === 2")
    assert steps_of(page) == first
    assert page.locator(".fork").count() == 1
    page.locator(".fork .drop").click()
    assert page.locator(".fork").count() == 0


def test_why_not(described: Described, opened: Opening) -> None:
    """Why bench-tdi's start cannot start a device: a part of its guard in words, with its value, and the source line."""
    page = opened(described())
    page.keyboard.press("w")
    why = page.locator('.why[data-action="start(devices[0])"]')
    assert why.locator(".needs").inner_text() == "needs tdi = CONFIG_LOCKED and 1 more"
    why.locator("summary").click()
    parts = why.locator(".guard li").all_inner_texts()
    assert [" ".join(part.split()) for part in parts] == [
        "no tdi = CONFIG_LOCKED tdi = CONFIG_UNLOCKED",
        "no verified",
    ]
    source = "require(self.tdi is Tdi.CONFIG_LOCKED and self.verified)"
    assert why.locator(".guard .place code").inner_text() == source
    line = (
        (Path(__file__).parents[2] / "benchmarks" / "bench_tdi.py").read_text().splitlines().index(f"        {source}")
    )
    assert why.locator(".guard .place span").inner_text() == f"bench_tdi.py:{line + 1}"


def test_values_lead_to_the_nearest_state(described: Described, opened: Opening) -> None:
    """RUN is eight steps from the start of bench-tdi: initrd, prepare driver bound and gone, lock, measure, verify, start
    are seven, and the way that the page offers is as short as the engine's.
    """
    description = described()
    engine = Engine(description.system)
    position = description.system.index["devices[0].tdi"]
    nearest = min(engine.explored.depth(n) for n, state in enumerate(engine.states) if state[position] == "RUN")
    page = opened(description)
    page.locator('[data-variable="devices[0].tdi"] .value').click()
    page.get_by_role("button", name=f"RUN: {nearest} steps").click()
    page.wait_for_function("document.querySelector('.automaton .present text').textContent === 'RUN'")
    assert len(steps_of(page)) == nearest == 7


def test_text_to_be_pasted_into_a_mail(described: Described, opened: Opening) -> None:
    """The path is copied as ASCII lines of at most 72 columns that name each step, who takes it and what it changes."""
    page = opened(described())
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    page.keyboard.press("1")
    page.keyboard.press("1")
    names = steps_of(page)
    page.keyboard.press("c")
    page.wait_for_function("window.copied !== undefined")
    lines = page.evaluate("window.copied").splitlines()
    assert lines[0] == "bench_tdi, 1 device, 2 steps"
    assert all(line.isascii() and len(line) <= 72 for line in lines)
    assert [line.split()[-1] for line in lines if line[:4].strip()][1:] == [name.split("(")[0] for name in names]


def test_at_the_border_the_page_says_so(described: Described, opened: Opening) -> None:
    """Where nobody looked the page offers nothing, and says how far it goes."""
    description = described(room=40, verdicts=False)
    radius = description.contents.part.radius
    page = opened(description)
    assert f"only states within {radius} steps of the start" in page.locator("#counts").inner_text()
    for _ in range(radius or 0):
        page.locator("#can .action:has(.change)").first.click()
    while page.locator("#can .action").count():
        page.locator("#can .action:has(.change)").last.click()
    assert f"goes {radius} steps far from the start" in page.locator("#can .border").inner_text()


HOSTILE = '''"""A model of somebody who means harm."""

from enum import Enum

from tdispmodel.dsl import Actor, Component, action, invariant, require


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Door(Component):
    """<img src=x onerror="document.title=1">--></script><script>document.title=2</script>"""

    colour: Colour = Colour.RED  # <b onmouseover=alert(1)>

    @action(by=Actor.HOST)
    def paint(self) -> None:
        """</style></noscript><svg onload="document.title=3"> @@DATA@@ <!-- [<script>document.title=4</script>]"""
        require(self.colour is Colour.RED)  # </script>
        self.colour = Colour.BLUE


@invariant(code="TDM901")
def stays_red(now: Door) -> bool:
    """<iframe src="javascript:parent.document.title=5"></iframe> [<a href="javascript:1">x</a>]"""
    return now.colour is Colour.RED
'''


def test_what_a_file_says_is_text(described: Described, opened: Opening, tmp_path: Path) -> None:
    """Markup and scripts in names, docstrings and comments of a model are shown as the text that they are: no element
    comes of them, and nothing runs.
    """
    file = tmp_path / "door.py"
    file.write_text(HOSTILE)
    page = opened(described(file))
    page.keyboard.press("w")
    page.locator(".property summary").first.click()
    page.keyboard.press("1")
    page.keyboard.press("w")
    page.locator(".why summary").first.click()
    assert page.title() == "door - tdispmodel"
    assert page.locator("img, iframe, b[onmouseover], svg[onload], a[href^=javascript], #app script").count() == 0
    assert '<img src=x onerror="document.title=1">' in page.locator("#claim").inner_text()
    assert '<svg onload="document.title=3"> @@DATA@@' in page.locator("#here .latest").inner_text()
    assert "<iframe" in page.locator(".property .about").inner_text()
    assert "# </script>" in page.locator(".why .place code").first.inner_text()


PUT_IN = """<p id="styled" style="color: rgb(1, 2, 3)" onclick="window.ran = 1">text</p>
<style>#styled { background: rgb(4, 5, 6) }</style><script>window.ran = 2</script><img src="data:," onerror="window.ran = 3">
<iframe srcdoc="<script>parent.ran = 4</script>"></iframe>
"""


def test_nothing_runs_but_the_script_of_the_page(described: Described, opened: Opening) -> None:
    """Whatever somebody puts into the file, its policy stops: scripts, handlers, styles, pictures, frames; and a script
    cannot make markup of text.
    """
    text = page_text(described()).replace('<div id="app" hidden>', f'{PUT_IN}<div id="app" hidden>')
    page = opened(text)
    page.locator("#styled").click()
    assert page.evaluate("window.ran") is None
    style = page.locator("#styled").evaluate(
        "one => [getComputedStyle(one).color, getComputedStyle(one).backgroundColor]"
    )
    assert style[0] != "rgb(1, 2, 3)"
    assert style[1] != "rgb(4, 5, 6)"
    made = """() => { try { document.body.innerHTML += "<i>"; return "made"; } catch (error) { return error.name; } }"""
    assert page.evaluate(made) == "TypeError"
    refused = [said for said in opened.wrong if "Content Security Policy" in said or "TrustedHTML" in said]
    assert len(refused) >= 6
    assert set(opened.wrong) == set(refused)
    opened.wrong.clear()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits(scheme: str, width: int, proposal_page: str, opened: Opening) -> None:
    """On a phone and on a desk, light and dark: nothing is wider than the screen, and all text can be told from what is
    behind it (a contrast of at least 4.5, as WCAG 2 asks for).
    """
    page = opened(proposal_page, viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.locator("#can .action").first.click()
    for tab in ("steps", "path", "state", "rules"):
        if width < 900:
            page.locator(f"#tabs [data-tab={tab}]").click()
            assert page.locator("main section:visible").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(FAINT) == []


FAINT = """() => {
  const parts = (colour) => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d");
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([red, green, blue]) => {
    const [r, g, b] = [red, green, blue].map((one) => (one / 255 <= 0.04045 ? one / 255 / 12.92 : ((one / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const known = new Map();
  const behind = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!/, 0\\)$|transparent/.test(colour)) return colour;
    }
    return "white";
  };
  const faint = new Set();
  for (const element of document.querySelectorAll("#app *")) {
    const words = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!words || element.namespaceURI.includes("svg") || !element.checkVisibility() || element.closest(":disabled, .unseen, .skip, option")) continue;
    const [front, back] = [getComputedStyle(element).color, behind(element)];
    const key = `${front} on ${back}`;
    if (!known.has(key)) {
      const [one, other] = [light(parts(front)), light(parts(back))].sort((a, b) => b - a);
      known.set(key, (one + 0.05) / (other + 0.05));
    }
    if (known.get(key) < 4.5) faint.add(`${element.className || element.tagName}: ${key}`);
  }
  return [...faint];
}"""
