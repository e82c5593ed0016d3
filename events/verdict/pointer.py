"""JSON Pointers (RFC 6901), as far as findings need them."""

from typing import Any, Final

#: What stands where nothing stands: not even null.
ABSENT: Final = object()


def child(path: str, name: str) -> str:
    """The pointer to property ``name`` of the object at ``path``."""
    if "~" in name or "/" in name:
        name = name.replace("~", "~0").replace("/", "~1")
    return f"{path}/{name}"


def tokens_of(pointer: str) -> list[str]:
    """The keys of a JSON Pointer."""
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]


def pointer_of(tokens: list[str]) -> str:
    """The JSON Pointer of some keys."""
    return "".join(f"/{token.replace('~', '~0').replace('/', '~1')}" for token in tokens)


def dotted(path: str) -> str:
    """``/items/0/product/price`` as people write it: ``items[0].product.price``."""
    words: list[str] = []
    for name in tokens_of(path):
        if name.isascii() and name.isdigit() and words:
            words[-1] += f"[{name}]"
        else:
            words.append(name)
    return ".".join(words)


def pick(value: Any, tokens: list[str]) -> Any:
    """What stands in ``value`` at the pointer made of ``tokens``, or ABSENT."""
    for token in tokens:
        if isinstance(value, dict) and token in value:
            value = value[token]
        elif isinstance(value, list) and token.isdecimal() and int(token) < len(value):
            value = value[int(token)]
        else:
            return ABSENT
    return value
