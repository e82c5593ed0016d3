"""What differs between the parameters of two events, place by place.

Items of a list are matched by what names them before they are matched by position, so that one that was put
in does not shift all that follow.
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
_MOST_SCALARS: Final = 200  # of a list without objects, that are aligned rather than numbered
_ALIKE: Final = 0.5  # from here on two items of different names are one that was renamed
#: What names an item, the most telling first.
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
    """One place that differs. ``path_a`` and ``path_b`` are JSON Pointers, "" on the side without it.

    ``retyped``: another type of JSON, as "12" and 12; ``moved``: a list with the same items in another order.
    """

    kind: ChangeKind
    path_a: str
    path_b: str
    before: Any = None
    after: Any = None

    @property
    def path(self) -> str:
        """Where it is, as the first side that has it counts."""
        return self.path_a or self.path_b


@dataclass(slots=True)
class Found:
    """The changes, and which places of the second side are which of the first (see ``as_before``)."""

    changes: list[Change] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)

    def as_before(self, path: str) -> str:
        """A place of the second side as the first one counts: an item may have another position there."""
        end = len(path)
        while end > 0 and self.renamed:
            if path[:end] in self.renamed:
                return self.renamed[path[:end]] + path[end:]
            end = path.rfind("/", 0, end)
        return path


def differences(before: Any, after: Any) -> Found:
    """Everything that differs between two JSON values; nothing where they are the same."""
    found = Found()
    if _text(before) == _text(after):  # most events; far cheaper than looking at each place
        return found
    found.changes.extend(_value(before, after, "", "", found.renamed, 0))
    return found


def type_name(value: Any) -> str:
    """The JSON type of a value."""
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
        return  # from a redacted file: nobody knows what stood there
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
    taken = {i for i, _ in pairs}, {j for _, j in pairs}
    for i, j in pairs:
        if i != j:
            renamed[f"{bt}/{j}"] = f"{at}/{i}"
        yield from _value(a[i], b[j], f"{at}/{i}", f"{bt}/{j}", renamed, depth + 1)
    for i, entry in enumerate(a):
        if i not in taken[0]:
            yield Change("lost", f"{at}/{i}", "", entry)
    for j, entry in enumerate(b):
        if j not in taken[1]:
            renamed[f"{bt}/{j}"] = f"{at}/+{j}"  # a place that the first side cannot have
            yield Change("added", "", f"{bt}/{j}", None, entry)


def _by_j(pairs: Pairs) -> Pairs:
    return sorted(pairs, key=lambda pair: pair[1])


def _items(a: list[Any], b: list[Any]) -> Pairs:
    """Equal items first, then those of one name, then what is left by position if it is alike."""
    pairs: Pairs = []
    rest_a, rest_b = list(range(len(a))), list(range(len(b)))

    def pair(keys_a: list[str | None], keys_b: list[str | None]) -> None:
        named_a = [i for i, key in zip(rest_a, keys_a, strict=True) if key is not None]
        named_b = [j for j, key in zip(rest_b, keys_b, strict=True) if key is not None]
        found = same_kind([k for k in keys_a if k is not None], [k for k in keys_b if k is not None])
        chosen = [(named_a[i], named_b[j]) for i, j in found]
        pairs.extend(chosen)
        gone = {i for i, _ in chosen}, {j for _, j in chosen}
        rest_a[:] = [i for i in rest_a if i not in gone[0]]
        rest_b[:] = [j for j in rest_b if j not in gone[1]]

    pair([_text(a[i]) for i in rest_a], [_text(b[j]) for j in rest_b])
    for way in _NAMING:
        pair([_named(a[i], way) for i in rest_a], [_named(b[j], way) for j in rest_b])
    for i, j in zip(list(rest_a), list(rest_b), strict=False):
        named = _has_name(a[i]) and _has_name(b[j])
        if not named or values_alike(_nameless(a[i]), _nameless(b[j])) >= _ALIKE:
            pairs.append((i, j))
    return pairs


def _scalars(a: list[Any], b: list[Any]) -> Pairs:
    """Equal values in their order, and between them by position."""
    if max(len(a), len(b)) > _MOST_SCALARS:
        return [(i, i) for i in range(min(len(a), len(b)))]
    keys = [_text(entry) for entry in a], [_text(entry) for entry in b]
    swapped = keys[1] < keys[0]  # so that both directions see the same
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
    """The item without what names it: what else two of different names have in common."""
    rest = {key: value for key, value in item.items() if (key,) not in _NAMING}
    product = rest.get("product")
    if isinstance(product, dict):
        rest["product"] = {key: value for key, value in product.items() if ("product", key) not in _NAMING}
    return rest


def _label(item: Any) -> str:
    return next((name for way in _NAMING if (name := _named(item, way))), "?")
