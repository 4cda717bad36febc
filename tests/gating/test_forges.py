"""What GitHub, GitLab, b4, Markdown and docutils read: by the real reader where there is one that can be had."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tdispmodel.gating.channels import b4, github, gitlab, markdown, rst
from tdispmodel.gating.vocabulary import Gated
from tests.gating.samples import ALL, every_status, nothing, open_only, passing, refused
from tests.reports import rst as docutils

PythonOfConsumers = Callable[[str, str, str], str]

CELLS = """
import json, sys
from markdown_it import MarkdownIt
found, rows = MarkdownIt("commonmark").enable("table").parse(sys.stdin.read()), []
for number, token in enumerate(found):
    if token.type == "tr_open":
        rows.append([])
    if token.type in ("td_open", "th_open"):
        rows[-1].append("".join(child.content for child in found[number + 1].children))
print(json.dumps([rows, [token.content for token in found if token.type == "code_block"]]))
"""

ASK = """
import json, sys
from email.message import EmailMessage
from b4.review.checks import _run_external_cmd
message = EmailMessage()
message["Subject"] = "[PATCH 0/3] PCI/TSM: gate"
message.set_content("a cover letter\\n" * 20000)
command, folder = json.loads(sys.stdin.read())
print(json.dumps(_run_external_cmd(command, message, folder)))
"""


def strange() -> Gated:
    """A gate in which every name of a proposal means something to somebody."""
    gate = every_status()
    name = "a|b*c_ <d> `e` [f](g) #7 ::h:: 100%,x=1\ni\u202e"
    rows = tuple(replace(row, cell=replace(row.cell, proposal=name)) for row in gate.rows)
    return replace(gate, rows=rows)


def test_annotations() -> None:
    """Violations, unexpected successes and stale entries are errors, what is open, expired or vacuous warnings."""
    lines = github.render(every_status()).splitlines()
    assert [line.partition(" ")[0] for line in lines] == [*["::error"] * 3, *["::warning"] * 3, "::notice"]
    assert lines[0] == (
        "::error file=proposals/status_quo.py,line=1,endLine=1,col=1,"
        "title=status_quo%3A TDM101 no_trusted_driver_binds_pre_run::FAIL 1, expected ok%0A"
        "Whoever binds the operating driver, the TDI is in RUN.%0A"
        "   1  kernel   attach_on_arrival  driver NONE -> OPERATING%0Atdispmodel trace status_quo TDM101"
    )
    assert lines[2].startswith("::error file=expectations.toml,line=9,")


def test_annotations_cannot_be_broken_out_of() -> None:
    """Whatever a proposal is called, each line is one command, and its values end where they should."""
    lines = github.render(strange()).splitlines()
    assert len(lines) == 7
    for line in lines:
        _, values, message = line.split("::", 2)
        assert values.partition(" ")[0] in {"error", "warning", "notice"}
        for value in values.partition(" ")[2].split(","):
            assert value.partition("=")[0] in {"file", "line", "endLine", "col", "title"}
        assert message
        assert line.isascii()


def test_ten_annotations_of_a_sort() -> None:
    """Of more errors than GitHub shows ten are written, and the notice counts the others."""
    gate = every_status()
    many = replace(gate, rows=gate.rows * 6)
    lines = github.render(many).splitlines()
    assert sum(line.startswith("::error") for line in lines) == 10
    assert sum(line.startswith("::warning") for line in lines) == 10
    # 6 x (FAIL, XPASS) and one stale entry are 13 errors; 6 x (open, vac) and one expired waiver are 13 warnings
    assert lines[-1].endswith("; 6 more annotations are not shown")


@pytest.mark.parametrize("name", ALL)
def test_code_quality(name: str) -> None:
    """Each finding has the keys that GitLab asks for, a severity that it knows, a relative path, a fingerprint of its own."""
    found = json.loads(gitlab.render(ALL[name]()))
    assert all(set(one) == {"description", "check_name", "fingerprint", "severity", "location"} for one in found)
    assert all(one["severity"] in {"info", "minor", "major", "critical", "blocker"} for one in found)
    assert all(not one["location"]["path"].startswith(("/", "./")) for one in found)
    assert len({one["fingerprint"] for one in found}) == len(found)
    if name == "every status":
        severities = [(one["check_name"], one["severity"]) for one in found]
        assert severities == [
            ("TDM101", "critical"),
            ("TDM401", "major"),
            ("TDM501", "major"),
            ("TDM404", "minor"),
            ("TDG001", "major"),
            ("TDG003", "minor"),
        ]
    if name == "refused":
        assert [one["severity"] for one in found] == ["blocker"]


def test_statuses_of_b4() -> None:
    """What fails or was not checked is fail, what is open or vacuous warn, the rest pass."""
    gates = {"every": every_status(), "fine": passing(), "open": open_only(), "none": nothing(), "bad": refused()}
    found = {name: json.loads(b4.render(gate))[0]["status"] for name, gate in gates.items()}
    assert found == {"every": "fail", "fine": "pass", "open": "warn", "none": "fail", "bad": "fail"}


def test_b4_asks_us(python_of_consumers: PythonOfConsumers, tmp_path: Path) -> None:
    """B4 itself runs the command that docs/gate.md names, with a large cover letter on stdin, and takes the answer."""
    command = [sys.executable, "-m", "tdispmodel", "gate", "status_quo", "-k", "TDM101", "--format", "b4", "--stdin"]
    (answer,) = json.loads(python_of_consumers("b4", ASK, json.dumps([command, str(tmp_path)])))
    assert (answer["tool"], answer["status"]) == ("tdispmodel", "fail")
    assert answer["summary"] == "gate failed: 1 result: 0 as expected, 1 unexpected, 0 open"
    assert "TDM101 no_trusted_driver_binds_pre_run: FAIL 3, expected ok" in answer["details"]
    (tmp_path / "expectations.toml").write_text('[expected.status_quo]\nTDM101 = "violated"\n')
    (answer,) = json.loads(python_of_consumers("b4", ASK, json.dumps([command, str(tmp_path)])))
    assert answer["status"] == "pass"


@pytest.mark.parametrize("make", [every_status, open_only, refused, strange])
def test_markdown(make: Callable[[], Gated], python_of_consumers: PythonOfConsumers) -> None:
    """A CommonMark parser with tables finds as many rows as there are things to tell, and every name as it is."""
    gate = make()
    rows, blocks = json.loads(python_of_consumers("markdown-it", CELLS, markdown.render(gate)))
    bad = [row for row in gate.rows if not gate.passes(row)]
    excused = [row for row in gate.rows if row.status.value in {"xfail", "waived"}]
    groups = [len(bad), len(gate.problems), len(excused), len(gate.complaints)]
    assert len(rows) == sum(groups) + sum(1 for size in groups if size)
    assert len({len(row) for row in rows} - {3, 4}) == 0
    if make is strange:
        assert rows[1][0] == "a|b*c_ <d> `e` [f](g) #7 ::h:: 100%,x=1 i\\u202e"
    assert len(blocks) == (1 if make in {every_status, strange} else 0)


@pytest.mark.parametrize("make", [every_status, passing, open_only, refused, nothing, strange])
def test_restructured_text(make: Callable[[], Gated]) -> None:
    """Docutils finds no fault and, for each proposal, a table with a row for what does not simply hold; it fits a mail."""
    gate = make()
    shown = rst.render(gate)
    assert all(len(line) <= 72 and line.isascii() for line in shown.splitlines())
    wanted = [sum(row.status.value not in {"ok", "n/a"} for row in rows) for _, rows in gate.by_proposal()]
    assert [len(table) - 1 for table in docutils.tables(shown)] == [number for number in wanted if number]


def test_the_command_of_b4_reads_its_input(tmp_path: Path) -> None:
    """With ``--stdin`` a writer of a megabyte is not interrupted, and the answer is an array also for a bad command."""
    command = [sys.executable, "-m", "tdispmodel", "gate", "nonsense", "--format", "b4", "--stdin"]
    ended = subprocess.run(command, cwd=tmp_path, input=b"x" * (1 << 20), capture_output=True, check=False)
    assert ended.returncode == 2
    (answer,) = json.loads(ended.stdout)
    assert answer["status"] == "fail"
    assert "nonsense" in answer["summary"]
