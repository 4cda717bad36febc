"""One half of a circle."""

from _circle_two import Two  # noqa: F401
