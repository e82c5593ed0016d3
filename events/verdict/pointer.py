"""Builds, splits and resolves JSON Pointers (RFC 6901), as far as findings need it. Pure."""

from typing import Any, Final

#: The result of ``pick`` where the pointer leads to no value, not even null.
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
    """The JSON Pointer that consists of the keys ``tokens``."""
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
    """The value inside ``value`` at the pointer that consists of ``tokens``; ABSENT where there is none."""
    for token in tokens:
        if isinstance(value, dict) and token in value:
            value = value[token]
        elif isinstance(value, list) and token.isdecimal() and int(token) < len(value):
            value = value[int(token)]
        else:
            return ABSENT
    return value
