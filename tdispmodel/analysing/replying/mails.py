"""A mail as a file: headers or none, whatever encoding; gives its text, and who wrote it when.

Given bytes that come from a stranger; nothing in them is followed, opened or run.  A mail that was copied from a web
page may lack the blank line after its headers, or the blanks before a header's further lines.  RFC 5322, RFC 2045.
"""

from __future__ import annotations

import quopri
import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import takewhile
from pathlib import Path

from tdispmodel.checking.mistakes import MAIL, mistake, shortened

LARGEST_MAIL = 1 << 20
"""In bytes; a longer one is no mail that somebody wrote."""

HEADER = re.compile(rb"([A-Za-z][A-Za-z0-9-]*):(?:\s|$)")
KNOWN = re.compile(
    rb"(?:From|To|Cc|Bcc|Subject|Date|Message-ID|In-Reply-To|References|Reply-To|Sender|Received|Return-Path|MIME-Version"
    rb"|Content-[A-Za-z-]+|X-[A-Za-z0-9-]+|List-[A-Za-z-]+|User-Agent|DKIM-Signature|Authentication-Results|Thread-Topic"
    rb"|Precedence|Organization|Lines|Mail-Followup-To):",
    re.IGNORECASE,
)
ARCHIVE = re.compile(r"(?:next |prev |parent |reply )+ *other threads:\[")
"""Where an archive's page goes on after the mail."""

ESCAPED = re.compile(rb"=(?:[0-9A-Fa-f]{2}|[ \t]*\r?\n)")


@dataclass(frozen=True)
class Mail:
    """What was written, line by line; of ``author``, ``date`` and ``message`` (its identity) each may be missing."""

    lines: tuple[str, ...]
    author: str = ""
    date: str = ""
    message: str = ""


def read_mail(path: Path) -> Mail:
    """Return the mail in a file.  Raises `Rejected` when it cannot be read, or is no text."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_MAIL + 1)
    except OSError as problem:
        raise mistake(MAIL, f"{path}: {problem.strerror or problem}") from None
    return mail_of(data, str(path))


def mail_of(data: bytes, name: str) -> Mail:
    """Return the mail that some bytes are; ``name`` is what a complaint calls it.  Raises `Rejected`."""
    if len(data) > LARGEST_MAIL:
        raise mistake(MAIL, f"{name}: more than {LARGEST_MAIL} bytes", "give one mail, not a folder of them")
    data = data.replace(b"\r\n", b"\n")
    if data.startswith(b"From "):  # a mail folder's separator
        data = data.partition(b"\n")[2]
    head, body = _divided(data)
    message = message_from_bytes(head + b"\n" + body, policy=policy.default)
    if not isinstance(message, EmailMessage):  # the policy makes no other
        raise mistake(MAIL, f"{name}: no mail")
    try:
        text = _text(message, body)
    except (LookupError, ValueError, TypeError, KeyError, AttributeError) as problem:  # headers that make no sense
        raise mistake(MAIL, f"{name}: {shortened(str(problem))}", "save the mail as plain text") from None
    if text is None:
        raise mistake(MAIL, f"{name}: it has no part that is plain text", "save the mail as plain text")
    if "\0" in text:
        raise mistake(MAIL, f"{name}: it is no text", "save the mail as plain text")
    return Mail(
        lines=tuple(_lines(text)),
        author=_header(message, "From"),
        date=_header(message, "Date").partition("[")[0].strip(),
        message=_header(message, "Message-ID").partition(">")[0].lstrip("<").strip(),
    )


def _divided(data: bytes) -> tuple[bytes, bytes]:
    """Return headers, as they should be, and what follows them."""
    lines = data.split(b"\n")
    if not KNOWN.match(lines[0]):
        return b"", data
    for header in (HEADER, KNOWN):
        head, place = [lines[0]], 1
        while place < len(lines) and lines[place].strip():
            if header.match(lines[place]):
                head.append(lines[place])
            elif lines[place][:1] in b" \t" or _goes_on(head[-1], lines[place]):
                head.append(b" " + lines[place].lstrip())
            else:
                break
            place += 1
        ended = place >= len(lines) or not lines[place].strip()
        if ended or header is KNOWN:
            break
    return b"".join(line + b"\n" for line in head), b"\n".join(lines[place + ended :])


def _goes_on(header: bytes, line: bytes) -> bool:
    """Whether a line is more of a list of addresses that lost its blanks."""
    return header.rstrip().endswith(b",") and b"@" in line


def _text(message: EmailMessage, body: bytes) -> str | None:
    part = message.get_body(("plain",))
    if part is None:
        return None if message.get_content_maintype() in ("multipart", "text") else body.decode("utf-8", "replace")
    if part is message and "Content-Transfer-Encoding" not in message and _is_quoted_printable(body):
        return quopri.decodestring(body).decode("utf-8", "replace")
    if part is message and message.get_content_charset() is None and not message.get("Content-Transfer-Encoding"):
        return body.decode("utf-8", "replace")
    content = part.get_content()
    return content if isinstance(content, str) else None


def _is_quoted_printable(body: bytes) -> bool:
    """Whether each = is an escape, and some are: no mail that is not encoded is like that."""
    return b"=" in body and b"=" not in ESCAPED.sub(b"", body) and re.search(rb"=\n|=3D|=20|=E2", body) is not None


def _lines(text: str) -> list[str]:
    """Return the lines, without characters that would move a cursor, and without empty ones at both ends."""
    lines = list(takewhile(lambda line: not ARCHIVE.match(line), map(_shown, text.split("\n"))))
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return lines


def _shown(line: str) -> str:
    return "".join(each for each in line if each.isprintable() or each == "\t").expandtabs().rstrip()


def _header(message: EmailMessage, name: str) -> str:
    try:
        return " ".join(str(message.get(name, "")).split())
    except (ValueError, TypeError, LookupError, AttributeError, IndexError):  # what the parser cannot make sense of
        return ""
