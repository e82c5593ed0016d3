"""Finds what differs between the parameters of two events, path by path.

Items of a list are matched by their identifiers before they are matched by index, so that one inserted item
does not make all later items differ.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import orjson

from events.comparison.sequence_alignment import Budget, Keys, Pairs, align, rising, same_kind
from events.comparison.similarity import values_alike
from events.redaction.masks import MASK
from events.verdict.pointer import child

ChangeKind = Literal["added", "lost", "retyped", "changed", "moved"]

_DEEPEST: Final = 100
_MOST_SCALARS: Final = 200  # values of a list without objects that are aligned; longer lists pair by index
_ALIKE: Final = 0.5  # likeness from which two items with different identifiers count as one renamed item
#: Paths of an item's identifier, the most reliable first.
_NAMING: Final[tuple[tuple[str, ...], ...]] = (
    ("id",),
    ("product", "id"),
    ("sku",),
    ("product", "sku"),
    ("item_id",),
    ("product_id",),
)


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs. ``path_a`` and ``path_b`` are JSON Pointers, "" on the side without the value.

    ``retyped``: the JSON type differs, as of "12" and 12; ``moved``: a list holds its items in another order.
    """

    kind: ChangeKind
    path_a: str
    path_b: str
    before: Any = None
    after: Any = None

    @property
    def path(self) -> str:
        """The JSON Pointer of the value on the first side that has it."""
        return self.path_a or self.path_b


@dataclass(slots=True)
class Found:
    """The changes; ``renamed`` maps list paths of the second side to those of the first."""

    changes: list[Change] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)

    def as_before(self, path: str) -> str:
        """A path of the second side with the indexes of the first: an item may have another index there."""
        end = len(path)
        while end > 0 and self.renamed:
            if path[:end] in self.renamed:
                return self.renamed[path[:end]] + path[end:]
            end = path.rfind("/", 0, end)
        return path


def differences(before: Any, after: Any) -> Found:
    """Everything that differs between two JSON values."""
    found = Found()
    if _text(before) == _text(after):  # true for most events, and far cheaper than comparing each value
        return found
    found.changes.extend(_value(before, after, "", "", found.renamed, 0))
    return found


def type_name(value: Any) -> str:
    """The name of the value's JSON type."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "object" if isinstance(value, dict) else "array"


def _value(a: Any, b: Any, at: str, bt: str, renamed: dict[str, str], depth: int) -> Iterator[Change]:
    kind = type_name(a)
    if _masked(a) or _masked(b):
        return  # from a redacted file: the value itself is unknown
    if kind != type_name(b):
        yield Change("retyped", at, bt, a, b)
    elif kind == "object" and depth < _DEEPEST:
        yield from _object(a, b, at, bt, renamed, depth)
    elif kind == "array" and depth < _DEEPEST:
        yield from _array(a, b, at, bt, renamed, depth)
    elif a != b:
        yield Change("changed", at, bt, a, b)


def _masked(value: Any) -> bool:
    return isinstance(value, str) and "‹" in value and MASK.search(value) is not None


def _object(
    a: dict[str, Any], b: dict[str, Any], at: str, bt: str, renamed: dict[str, str], depth: int
) -> Iterator[Change]:
    for key, value in a.items():
        if key in b:
            yield from _value(value, b[key], child(at, key), child(bt, key), renamed, depth + 1)
        else:
            yield Change("lost", child(at, key), "", value)
    for key, value in b.items():
        if key not in a:
            yield Change("added", "", child(bt, key), None, value)


def _array(
    a: list[Any], b: list[Any], at: str, bt: str, renamed: dict[str, str], depth: int
) -> Iterator[Change]:
    if _text(a) == _text(b):
        return
    things = any(isinstance(entry, dict) for entry in a) and any(isinstance(entry, dict) for entry in b)
    pairs = sorted(_items(a, b) if things else _scalars(a, b))
    if len(rising(pairs)) != len(pairs):
        yield Change(
            "moved", at, bt, [_label(a[i]) for i, _ in pairs], [_label(b[j]) for _, j in _by_j(pairs)]
        )
    paired = {i for i, _ in pairs}, {j for _, j in pairs}
    for i, j in pairs:
        if i != j:
            renamed[f"{bt}/{j}"] = f"{at}/{i}"
        yield from _value(a[i], b[j], f"{at}/{i}", f"{bt}/{j}", renamed, depth + 1)
    for i, entry in enumerate(a):
        if i not in paired[0]:
            yield Change("lost", f"{at}/{i}", "", entry)
    for j, entry in enumerate(b):
        if j not in paired[1]:
            renamed[f"{bt}/{j}"] = f"{at}/+{j}"  # a path that no value of the first side has
            yield Change("added", "", f"{bt}/{j}", None, entry)


def _by_j(pairs: Pairs) -> Pairs:
    return sorted(pairs, key=lambda pair: pair[1])


def _items(a: list[Any], b: list[Any]) -> Pairs:
    """Pair equal items first, then items of one identifier, then the rest by index where they are alike."""
    pairs: Pairs = []
    rest_a, rest_b = list(range(len(a))), list(range(len(b)))

    def pair(keys_a: list[str | None], keys_b: list[str | None]) -> None:
        named_a = [i for i, key in zip(rest_a, keys_a, strict=True) if key is not None]
        named_b = [j for j, key in zip(rest_b, keys_b, strict=True) if key is not None]
        found = same_kind([k for k in keys_a if k is not None], [k for k in keys_b if k is not None])
        chosen = [(named_a[i], named_b[j]) for i, j in found]
        pairs.extend(chosen)
        paired = {i for i, _ in chosen}, {j for _, j in chosen}
        rest_a[:] = [i for i in rest_a if i not in paired[0]]
        rest_b[:] = [j for j in rest_b if j not in paired[1]]

    pair([_text(a[i]) for i in rest_a], [_text(b[j]) for j in rest_b])
    for way in _NAMING:
        pair([_named(a[i], way) for i in rest_a], [_named(b[j], way) for j in rest_b])
    for i, j in zip(list(rest_a), list(rest_b), strict=False):
        named = _has_name(a[i]) and _has_name(b[j])
        if not named or values_alike(_nameless(a[i]), _nameless(b[j])) >= _ALIKE:
            pairs.append((i, j))
    return pairs


def _scalars(a: list[Any], b: list[Any]) -> Pairs:
    """Pair equal values in their order, and the values between them by index."""
    if max(len(a), len(b)) > _MOST_SCALARS:
        return [(i, i) for i in range(min(len(a), len(b)))]
    keys = [_text(entry) for entry in a], [_text(entry) for entry in b]
    swapped = keys[1] < keys[0]  # so that both directions give mirrored pairs
    first, second = (keys[1], keys[0]) if swapped else keys
    anchors = align(Keys(first, first), Keys(second, second), lambda _i, _j: 0, Budget())
    if swapped:
        anchors = [(j, i) for i, j in anchors]
    pairs: Pairs = []
    i = j = 0
    for to_i, to_j in [*anchors, (len(a), len(b))]:
        pairs += zip(range(i, to_i), range(j, to_j), strict=False)
        pairs.append((to_i, to_j))
        i, j = to_i + 1, to_j + 1
    return pairs[:-1]


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS, default=str).decode()


def _named(item: Any, way: tuple[str, ...]) -> str | None:
    for key in way:
        item = item.get(key) if isinstance(item, dict) else None
    usable = isinstance(item, str | int | float) and not isinstance(item, bool) and item != ""
    return str(item) if usable else None


def _has_name(item: Any) -> bool:
    return any(_named(item, way) for way in _NAMING)


def _nameless(item: Any) -> Any:
    """The item without its identifiers, for the likeness of two items with different identifiers."""
    rest = {key: value for key, value in item.items() if (key,) not in _NAMING}
    product = rest.get("product")
    if isinstance(product, dict):
        rest["product"] = {key: value for key, value in product.items() if ("product", key) not in _NAMING}
    return rest


def _label(item: Any) -> str:
    return next((name for way in _NAMING if (name := _named(item, way))), "?")
