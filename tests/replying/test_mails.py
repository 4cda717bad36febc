"""Mails as files: what is read of them, and that bytes from a stranger end in a mail or in a complaint."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from tdispmodel.analysing.replying.mails import LARGEST_MAIL, Mail, mail_of, read_mail
from tdispmodel.source import Rejected

HEADERS = b"From: A B <a@example.org>\nDate: Fri, 29 Aug 2025 13:00:09 -0700 [thread overview]\nMessage-ID: <1.2@example.org> (raw)\n"
BODY = "It is run in caf\u00e9s = 1.\n\n> Agree.\n"
LINES = ("It is run in caf\u00e9s = 1.", "", "> Agree.")


def of(data: bytes) -> Mail:
    """Return the mail of some bytes."""
    return mail_of(data, "some.eml")


ENCODED = {
    "as it is": HEADERS + b"\n" + BODY.encode(),
    "carriage returns": (HEADERS + b"\n" + BODY.encode()).replace(b"\n", b"\r\n"),
    "a mail folder's separator": b"From a@example.org Fri Aug 29\n" + HEADERS + b"\n" + BODY.encode(),
    "no blank line after the headers": HEADERS + BODY.encode(),
    "header lines that lost their blanks": HEADERS
    + b"Cc: <one@example.org>,\n<two@example.org>,\n<three@example.org>\nSubject: x\n"
    + BODY.encode(),
    "quoted-printable": HEADERS
    + b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
    + b"It is run in=\n caf=C3=A9s =3D 1.=20\n\n> Agree.\n",
    "quoted-printable, and nobody says so": HEADERS + b"\nIt is run in=\n caf=C3=A9s =3D 1.=20\n\n> Agree.\n",
    "base64": HEADERS
    + b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
    + b64encode(BODY.encode()),
    "another alphabet": HEADERS + b"Content-Type: text/plain; charset=iso-8859-1\n\n" + BODY.encode("latin-1"),
    "beside a page": HEADERS
    + b'MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary="x"\n\n--x\n'
    + b"Content-Type: text/html\n\n<p>no</p>\n--x\nContent-Type: text/plain; charset=utf-8\n"
    + b"Content-Transfer-Encoding: 8bit\n\n"
    + BODY.encode()
    + b"\n--x--\n",
    "with the rest of an archive's page": HEADERS
    + b"\n"
    + BODY.encode()
    + b"next prev parent reply other threads:[~2025-08-29 20:00 UTC|newest]\n",
}


@pytest.mark.parametrize("how", ENCODED)
def test_the_same_mail_in_many_forms(how: str) -> None:
    """However it was saved and encoded, the text is the same, and so is who wrote it when."""
    assert of(ENCODED[how]) == Mail(
        LINES, author="A B <a@example.org>", date="Fri, 29 Aug 2025 13:00:09 -0700", message="1.2@example.org"
    )


def test_text_without_headers() -> None:
    """Text alone is a mail that nobody wrote; a first line with a colon is text."""
    assert of(BODY.encode()) == Mail(LINES)
    assert of(b"Note: this is no header\nReally\n") == Mail(("Note: this is no header", "Really"))


def test_text_that_follows_the_headers_at_once_is_kept() -> None:
    """Without a blank line only names of headers that mails have are taken for headers."""
    assert of(HEADERS + b"Note: this was said\n> Yes.\nNo.\n").lines == ("Note: this was said", "> Yes.", "No.")


def test_equals_signs_are_no_encoding() -> None:
    """A text in which some = is no escape is not decoded."""
    assert of(b"x =20 y\na == b\n=\n").lines == ("x =20 y", "a == b", "=")


def test_what_moves_a_cursor_is_left_out() -> None:
    """Escapes, tabs and the like do not come back."""
    assert of(b"a\x1b[2Jb\tc\x08\n").lines == ("a[2Jb   c",)


REFUSED = {
    "no text": b"\0\1\2",
    "a page alone": HEADERS + b"Content-Type: text/html\n\n<p>no</p>\n",
    "an unknown alphabet": HEADERS + b"Content-Type: text/plain; charset=nonesuch\n\nx\n",
    "too long": b"x\n" * LARGEST_MAIL,
}


@pytest.mark.parametrize("what", REFUSED)
def test_complaints(what: str) -> None:
    """What is no mail is refused by the name of the file."""
    with pytest.raises(Rejected) as refused:
        of(REFUSED[what])
    (complaint,) = refused.value.complaints
    assert (complaint.code, complaint.message.partition(":")[0]) == ("E645", "some.eml")
    assert complaint.hint


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """Neither a missing file nor a folder is a fault of ours."""
    for path in (tmp_path, tmp_path / "none.eml"):
        with pytest.raises(Rejected, match="E645"):
            read_mail(path)


HEADER_LINES = st.sampled_from(
    [
        b"From: =?x?q?=?= <@,>\n",
        b"From: \xff\xfe\n",
        b"Date: ,\n",
        b"Message-ID: <<<\n",
        b"Content-Type: text/plain; charset=\xff\n",
        b"Content-Type: multipart/mixed\n",
        b'Content-Type: multipart/mixed; boundary="\n',
        b"Content-Type: ;;;=\n",
        b"Content-Type: message/rfc822\n",
        b"Content-Transfer-Encoding: base64\n",
        b"Content-Transfer-Encoding: quoted-printable\n",
        b"Content-Disposition: attachment; filename*=x'\n",
        b"Subject:\n \n",
    ]
)


@settings(max_examples=300)
@given(st.lists(HEADER_LINES, max_size=5), st.binary(max_size=80))
def test_any_bytes(headers: list[bytes], body: bytes) -> None:
    """Whatever the bytes are: a mail of printable lines, or a complaint."""
    try:
        found = of(b"".join(headers) + body)
    except Rejected:
        return
    assert all(line.isprintable() for line in found.lines)
