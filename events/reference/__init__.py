"""The events reference as data: one TOML file per event and schema, a folder per edition.

Pure: no Django. ``load(edition)`` is the only access to the data.
"""

from events.reference.loader import DEFAULT, editions, load
from events.reference.toml_reader import BrokenReference
from events.reference.types import Enumeration, EventSpec, Parameter, Reference, Schema

__all__ = [
    "DEFAULT",
    "BrokenReference",
    "Enumeration",
    "EventSpec",
    "Parameter",
    "Reference",
    "Schema",
    "editions",
    "load",
]
