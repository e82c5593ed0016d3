"""Declares environment variables and limits: each name, default, unit and reason stands once.

``inspector.settings`` and ``inspector.serving.limits`` read each variable through ``ENVIRONMENT``, and
/help/configuration/ shows what was declared.
"""

import os
from collections.abc import Mapping
from typing import Final, NamedTuple

from django.core.exceptions import ImproperlyConfigured

_SWITCH: Final = {"": False, "0": False, "1": True}


class Variable(NamedTuple):
    """One environment variable: its default as the manual shows it, and its purpose as a sentence."""

    name: str
    default: str
    purpose: str


class Limit(NamedTuple):
    """One limit: its value in this process, its default, its unit and its reason.

    ``variable``: whether an environment variable of the same name sets it.
    """

    name: str
    value: int
    default: int
    unit: str
    reason: str
    variable: bool


class Environment:
    """Reads settings from environment variables; lists the declared ones in the order of declaration."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.variables: dict[str, Variable] = {}
        self.limits: dict[str, Limit] = {}

    def text(self, name: str, default: str, purpose: str, *, shown: str = "") -> str:
        """The variable's text, else ``default``. ``shown``: how the manual names the default."""
        self.variables[name] = Variable(name, shown or default, purpose)
        return self._values.get(name) or default

    def switch(self, name: str, purpose: str, *, shown: str = "off") -> bool:
        """True where the variable is ``1``. Raises ImproperlyConfigured unless it is 1, 0 or empty."""
        self.variables[name] = Variable(name, shown, purpose)
        text = self._values.get(name, "")
        if text not in _SWITCH:
            raise ImproperlyConfigured(f"{name}={text} is neither 1 nor 0: {name}=1 switches it on.")
        return _SWITCH[text]

    def number(self, name: str, default: int, purpose: str) -> int:
        """The variable as a whole number, else ``default``. Raises ImproperlyConfigured for other text."""
        self.variables[name] = Variable(name, str(default), purpose)
        return self._number(name, default)

    def limit(self, name: str, default: int, unit: str, reason: str, *, variable: bool = False) -> int:
        """The limit's value: ``default``, or with ``variable`` that of the environment variable.

        Raises ImproperlyConfigured where the environment variable is no whole number.
        """
        value = self._number(name, default) if variable else default
        self.limits[name] = Limit(name, value, default, unit, reason, variable)
        return value

    def _number(self, name: str, default: int) -> int:
        text = self._values.get(name) or str(default)
        if not (text.isascii() and text.isdigit()):
            raise ImproperlyConfigured(f"{name}={text} is no whole number: for example {name}={default}.")
        return int(text)


#: The environment of this process.
ENVIRONMENT: Final = Environment(os.environ)
