"""The query language: a query as a tree, whose condition in SQL and predicate in memory are held equal.

``parse``, ``printed`` and the tree are pure; ``reader`` finds the events that a query selects.
"""

from events.query.mistakes import QueryError
from events.query.parse import parse
from events.query.printing import printed
from events.query.tree import Node

__all__ = ["Node", "QueryError", "parse", "printed"]
