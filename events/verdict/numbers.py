"""Tells numbers from other values. Pure."""

from typing import Any


def is_number(value: Any) -> bool:
    """True for integers and finite floats; a boolean is not a number."""
    return (type(value) is int or type(value) is float) and value - value == 0
