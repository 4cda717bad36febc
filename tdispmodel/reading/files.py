"""From a path to a syntax tree, within limits.

Given the path of a file that may be hostile; gives a `Source` (text, lines, tree) or raises `Mistake`.  Nothing is
executed.  All limits are checked before anything is built that could exceed them: size before reading, tokens before
parsing, nodes and depth before elaboration.
"""

from __future__ import annotations

import ast
import os
import re
import stat
import warnings
from dataclasses import dataclass
from pathlib import Path

from tdispmodel.reading.mistakes import Mistake
from tdispmodel.source import Complaint, Place

MAXIMUM_BYTES = 1_000_000
MAXIMUM_TOKENS = 60_000
MAXIMUM_NODES = 20_000
MAXIMUM_DEPTH = 100
MAXIMUM_NAME = 100
MAXIMUM_REMEMBERED = 500

_TOKEN = re.compile(r"\w+|[^\w\s]")
_NEWLINE = re.compile(r"\r\n|\n")
_CODING = re.compile(r"^[ \t]*#.*?coding[:=][ \t]*([-\w.]+)")
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]|\r(?!\n)")
_PARSED: dict[tuple[str, int, int, int], tuple[str, ast.Module]] = {}


@dataclass(frozen=True, eq=False)
class Source:
    """A file that was parsed: its path as the user should see it, where it really is, its lines and its tree."""

    path: str
    real: Path
    lines: tuple[str, ...]
    tree: ast.Module

    def place(self, node: ast.AST) -> Place:
        """Return where ``node`` begins, its column counted in characters."""
        line: int = getattr(node, "lineno", 1)
        offset: int = getattr(node, "col_offset", 0)
        text = self.line(line)
        column = offset if text.isascii() else len(text.encode()[:offset].decode(errors="ignore"))
        return Place(self.path, line, column + 1)

    def line(self, number: int) -> str:
        """Return the text of line ``number`` (from 1), empty when there is none."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def mistake(self, node: ast.AST, code: str, message: str, hint: str = "") -> Mistake:
        """Return a mistake at ``node``, ready to be raised."""
        place = self.place(node)
        return Mistake(Complaint(code, message, place, hint, self.line(place.line)))


def load(path: Path, shown: str | None = None) -> Source:
    """Read and parse the file at ``path``; ``shown`` is how complaints name it.  Raises `Mistake`.

    A file that did not change since it was last parsed in this process is not parsed again.
    """
    name = str(path) if shown is None else shown
    content, key = _content(path, name)
    known = _PARSED.get(key)
    if known is None:
        text = _text(content, name)
        known = (text, _tree(text, name))
        if len(_PARSED) >= MAXIMUM_REMEMBERED:
            _PARSED.clear()
        _PARSED[key] = known
    text, tree = known
    return Source(name, Path(key[0]), tuple(_NEWLINE.split(text)), tree)


def _wrong(name: str, code: str, message: str, hint: str = "") -> Mistake:
    return Mistake(Complaint(code, message, Place(name), hint))


def _content(path: Path, name: str) -> tuple[bytes, tuple[str, int, int, int]]:
    """Return the bytes of a regular file of acceptable size, and what identifies this version of it."""
    try:
        # a named pipe must not block, so it is opened without waiting and then turned away
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except (OSError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or "the path makes no sense"
        raise _wrong(name, "E101", f"cannot open the file: {reason}") from None
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            what = "a folder" if stat.S_ISDIR(status.st_mode) else "not an ordinary file"
            raise _wrong(name, "E101", f"this is {what}", "give the path of a model file, a .py file")
        if status.st_size > MAXIMUM_BYTES:
            message = f"the file has {status.st_size} bytes; {MAXIMUM_BYTES} are allowed"
            raise _wrong(name, "E102", message, "split the model")
        with os.fdopen(handle, "rb", closefd=False) as file:
            content = file.read(MAXIMUM_BYTES + 1)
        real = os.path.realpath(path)
    except OSError as fault:
        raise _wrong(name, "E101", f"cannot read the file: {fault.strerror}") from None
    finally:
        os.close(handle)
    if len(content) > MAXIMUM_BYTES:
        raise _wrong(name, "E102", f"the file has more than {MAXIMUM_BYTES} bytes", "split the model")
    return content, (real, status.st_mtime_ns, len(content), hash(content))


def _text(content: bytes, name: str) -> str:
    """Decode, and refuse characters that make text look different from what it says."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        before = content[: fault.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode(errors="replace")) + 1
        message = f"byte 0x{content[fault.start]:02x} is not UTF-8"
        raise Mistake(Complaint("E103", message, Place(name, line, column), "save the file as UTF-8")) from None
    lines = _NEWLINE.split(text)
    found = _FORBIDDEN.search(text)
    if found:
        before_it = text[: found.start()]
        line = before_it.count("\n") + 1
        place = Place(name, line, found.start() - (before_it.rfind("\n") + 1) + 1)
        message = f"the character U+{ord(found.group()[0]):04X} must not stand in a model file"
        raise Mistake(Complaint("E104", message, place, "remove it", lines[line - 1]))
    for number, line_text in enumerate(lines[:2], start=1):
        coding = _CODING.match(line_text)
        if coding and coding.group(1).lower().replace("_", "-") not in ("utf-8", "utf8", "utf-8-sig"):
            message = f"the file says that it is {coding.group(1)}; model files are UTF-8"
            raise Mistake(Complaint("E103", message, Place(name, number), "remove the coding line", line_text))
    return text


def _tree(text: str, name: str) -> ast.Module:
    """Parse; raises `Mistake` for everything that the parser can raise, and for trees that are too large."""
    for count, token in enumerate(_TOKEN.finditer(text)):
        if count >= MAXIMUM_TOKENS:
            line = text.count("\n", 0, token.start()) + 1
            message = f"the file has more than {MAXIMUM_TOKENS} words and signs"
            raise Mistake(Complaint("E107", message, Place(name, line), "split the model", _line(text, line)))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text, filename="<model>")
    except SyntaxError as fault:
        line = max(1, fault.lineno or 1)
        line_text = _line(text, line)
        column = min(max(1, fault.offset or 1), len(line_text) + 1)
        deep = "too many nested" in str(fault.msg) or "too many levels" in str(fault.msg)
        message = f"nested too deeply: {fault.msg}" if deep else f"this is not Python: {fault.msg}"
        code, hint = "E106" if deep else "E105", ""
        if "set_int_max_str_digits" in str(fault.msg):  # advice to whoever runs Python, which an author does not
            message, hint = "a number has too many digits to be read", "write a number of a few digits"
        raise Mistake(Complaint(code, message, Place(name, line, column), hint, line_text)) from None
    except (RecursionError, MemoryError, ValueError) as fault:
        lines = _NEWLINE.split(text)
        line = max(range(len(lines)), key=lambda index: len(lines[index])) + 1
        code, message = "E105", f"this is not Python: {fault}"
        if not isinstance(fault, ValueError):
            code, message = "E106", "nested too deeply to be parsed"
        raise Mistake(Complaint(code, message, Place(name, line), "write it flat", _line(text, line))) from None
    _measure(tree, text, name)
    return tree


def _line(text: str, number: int) -> str:
    lines = _NEWLINE.split(text)
    return lines[number - 1] if number <= len(lines) else ""


def _measure(tree: ast.Module, text: str, name: str) -> None:
    """Raise `Mistake` when the tree has too many nodes or is too deep.  No recursion."""
    source = Source(name, Path(), tuple(_NEWLINE.split(text)), tree)
    stack: list[tuple[ast.AST, int]] = [(tree, 0)]
    count = 0
    while stack:
        node, depth = stack.pop()
        count += 1
        if count > MAXIMUM_NODES:
            raise source.mistake(node, "E107", f"the file has more than {MAXIMUM_NODES} parts", "split the model")
        if depth > MAXIMUM_DEPTH and hasattr(node, "lineno"):
            hint = "name parts of it: ready = ... before the line"
            raise source.mistake(node, "E106", f"nested more than {MAXIMUM_DEPTH} deep", hint)
        below = depth + 1
        for field in node._fields:
            value = getattr(node, field, None)
            if isinstance(value, str):
                if len(value) > MAXIMUM_NAME and not isinstance(node, ast.Constant):
                    message = f"a name of {len(value)} letters; {MAXIMUM_NAME} are allowed"
                    raise source.mistake(node, "E206", message, "choose a shorter name")
            elif isinstance(value, ast.AST):
                if value._fields:
                    stack.append((value, below))
            elif isinstance(value, list):
                stack += [(part, below) for part in value if isinstance(part, ast.AST) and part._fields]
