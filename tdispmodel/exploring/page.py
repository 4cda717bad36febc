"""A page as text: the static files of `page/` and the data of one model, in one HTML document that loads nothing.

Given a description; gives the document.  What a model file says is in the data, deflated and in base64, and reaches the
document only as text nodes; the few words that stand in the HTML itself are escaped.  The policy in the document allows
its own script and style by their hashes, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import html
import zlib
from importlib.resources import files

from tdispmodel.exploring.description import Description

SCRIPTS = ("data.js", "walk.js", "making.js", "drawing.js", "panels.js", "rules.js", "main.js")


def page(description: Description) -> str:
    """Return the document."""
    style, script = static("style.css"), script_text()
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = deflater.compress(description.packed()) + deflater.flush()
    parts = {
        "POLICY": policy(style, script, served=description.served),
        "TITLE": html.escape(f"{description.document['model']['name']} - tdispmodel"),
        "STYLE": style,
        "WITHOUT": html.escape(without_script(description)),
        "DATA": base64.b64encode(data).decode("ascii"),
        "SCRIPT": script,
    }
    pieces = static("page.html").split("@@")  # every second piece is a name, so that no text is taken for one
    return "".join(parts[piece] if number % 2 else piece for number, piece in enumerate(pieces))


def static(name: str) -> str:
    """Return a file that is the same on every page."""
    return files("tdispmodel.exploring").joinpath("page", name).read_text(encoding="utf-8")


def script_text() -> str:
    """Return the script of every page: one scope, which nothing else sees."""
    return "(() => {\n" + '"use strict";\n' + "".join(static(name) for name in SCRIPTS) + "})();\n"


def policy(style: str, script: str, *, served: bool) -> str:
    """Return the content security policy of a document with this style and this script."""
    rules = {
        "default-src": "'none'",
        "script-src": hashed(script),
        "style-src": hashed(style),
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    if served:
        rules["connect-src"] = "'self'"
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def hashed(text: str) -> str:
    """Return the source expression that allows exactly this text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}'"


def without_script(description: Description) -> str:
    """Return what a reader sees whose browser runs no script: the verdicts."""
    model, counts = description.document["model"], description.document["counts"]
    lines = [
        f"{model['name']}: {model['claim']}",
        f"{counts['states']} states, {counts['transitions']} steps",
        "",
        "This page needs its script to walk through the states.  The verdicts:",
    ]
    lines += [
        f"  {known['word'] or '-':<12} {known['code']} {known['name']}" for known in description.document["properties"]
    ]
    return "\n".join(lines) + "\n"
