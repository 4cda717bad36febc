"""The other half of a circle."""

from _circle_one import One  # noqa: F401
