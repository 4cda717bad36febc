"""``reply``: a mail comes back whole, with an answer under each statement that is known, and verdicts that ``check`` gives."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from tdispmodel.cli import main
from tdispmodel.reports.reply import WIDEST, Replied, Reply, quoted, render

Capture = pytest.CaptureFixture[str]

MAIL = """\
From: A B <a@example.org>
Date: Fri, 29 Aug 2025 13:00:09 -0700
Message-ID: <1.2@example.org>

C D wrote:
> mlx5 is allowed to bind to a RUN device after measuring and
> verifying it, and never otherwise.
I say: if userspace binds mlx5 pre-RUN that is not the
kernel's problem. Really.

> arch support to enable DMA/IOMMU/etc as many followup series
Yes.
"""
"""Statements 37, 38 and 68 of the map, and nothing else."""


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    """The mail in a file."""
    path = tmp_path / "some.eml"
    path.write_text(MAIL)
    return path


def answered(text: str) -> dict[int, str]:
    """Return the answer to each statement, by its number."""
    found = re.split(r"^Statement (\d+)", text, flags=re.MULTILINE)
    return {int(number): answer for number, answer in zip(found[1::2], found[2::2], strict=True)}


def test_the_mail_comes_back(mail: Path, capsys: Capture) -> None:
    """Every line of it is there in its order, with one more mark, and nothing else is wider than 72 columns."""
    assert main(["reply", str(mail), "--no-verdicts"]) == 0
    lines = capsys.readouterr().out.splitlines()
    body = MAIL.partition("\n\n")[2].splitlines()
    assert [line for line in lines if line.startswith(">")] == [f"> {line}".rstrip() for line in body]
    assert all(len(line) <= 72 for line in lines if not line.startswith(">"))
    assert lines[0] == "On Fri, 29 Aug 2025 13:00:09 -0700, A B <a@example.org> wrote:"
    assert lines[-1] == "Link: https://lore.kernel.org/r/1.2@example.org/"


def test_each_statement_is_answered_under_its_sentence(mail: Path, capsys: Capture) -> None:
    """The three statements that the mail makes are answered after the lines in which they end, and no others."""
    main(["reply", str(mail), "--no-verdicts"])
    text = capsys.readouterr().out
    assert sorted(answered(text)) == [37, 38, 68]
    for number, last in ((37, "> > verifying it, and never otherwise."), (38, "> kernel's problem. Really.")):
        assert f"{last}\n\nStatement {number}, modelled" in text
    assert "followup series\n\nStatement 68, not modelled." in text


def test_verdicts_are_those_of_check(mail: Path, capsys: Capture) -> None:
    """A statement is answered by the verdict on its property: here the one that ``check`` prints, word for word."""
    mail.write_text(
        "It matters whether it is a cc_prepare driver, probe deferral of\nenlightened driver, or plain"
        " probe error plus retry.\n"
    )  # statement 13, about TDM223 in four proposals
    assert main(["reply", str(mail), "--progress", "never"]) == 0
    told = " ".join(answered(capsys.readouterr().out)[13].split())
    proposals = ["cc_probe_defer", "prepare_by_deferral", "ccprepare_alias", "probe_error_retry"]
    main(["check", *proposals, "-k", "TDM223", "--progress", "never"])
    said = re.findall(r"^(\w+):.*?^  (ok|vac|FAIL \d+) +TDM223", capsys.readouterr().out, re.MULTILINE | re.DOTALL)
    assert sorted(name for name, _ in said) == sorted(proposals)
    assert all(f"{verdict} {name}" in told for name, verdict in said)


def test_nothing_to_answer(mail: Path, capsys: Capture) -> None:
    """A mail without a statement that is known comes back alone, and says so with the code for nothing checked."""
    mail.write_text("Hello.\n")
    assert main(["reply", str(mail)]) == 4
    shown = capsys.readouterr()
    assert shown.out.startswith("> Hello.\n\nFound by tdispmodel")
    assert "nothing was answered" in shown.err


def test_no_mail(tmp_path: Path, capsys: Capture) -> None:
    """A file that is none is complained of by its name."""
    assert main(["reply", str(tmp_path / "none.eml")]) == 2
    assert "none.eml" in capsys.readouterr().err


WORDS = st.text(st.sampled_from("ab >.=\u00e9"), max_size=200).map(str.rstrip)


@settings(max_examples=200)
@given(WORDS)
def test_wide_lines_are_broken(line: str) -> None:
    """No word of a quoted line is lost, all its lines are quoted as deep as it is, and none is wider than 80."""
    found = quoted(line)
    assert all(len(each) <= WIDEST and each.startswith(">") for each in found)
    assert "".join(found).replace(">", "").replace(" ", "") == line.replace(">", "").replace(" ", "")
    if len(line) <= WIDEST - 2:
        assert found == [f"> {line}".rstrip()]


def test_statements_under_one_line() -> None:
    """Several statements that end in one line are answered one after the other."""
    reply = Reply(("a", "b"), (Replied(1, 0, "modelled"), Replied(2, 0, "not modelled", left_out="x")))
    assert render(reply).splitlines()[:11] == [
        "> a",
        "",
        "Statement 1, modelled.",
        "  More: tdispmodel explain 1",
        "",
        "Statement 2, not modelled.",
        "  Left out: x",
        "  More: tdispmodel explain 2",
        "",
        "> b",
        "",
    ]
