"""JSON Pointers (RFC 6901), as far as findings need them."""


def child(path: str, name: str) -> str:
    """The pointer to property ``name`` of the object at ``path``."""
    if "~" in name or "/" in name:
        name = name.replace("~", "~0").replace("/", "~1")
    return f"{path}/{name}"


def dotted(path: str) -> str:
    """``/items/0/product/price`` as people write it: ``items[0].product.price``."""
    words: list[str] = []
    for token in path.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        if name.isascii() and name.isdigit() and words:
            words[-1] += f"[{name}]"
        else:
            words.append(name)
    return ".".join(words)
