"""Both packages hold rooms, imports go down their stack, and the pure rooms run without Django."""

import ast
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

pytestmark = pytest.mark.starts_processes

_ROOT: Final = Path(__file__).parent.parent
#: Beside their folders, the two packages hold these modules alone.
_LOOSE: Final = {
    "events": {"__init__", "apps", "checks", "limits", "models"},
    "inspector": {"__init__", "apps", "asgi", "jinja", "models", "settings", "urls"},
}
#: An import that goes up the stack, and the module that it is planted in.
_PLANTED: Final = {
    "verdict imports judging": ("events/verdict/judge.py", "from events.judging import draft"),
    "store imports recordings": ("events/store/writer.py", "from events.recordings import counts"),
    "events imports inspector": ("events/exports/html.py", "import inspector.settings"),
    "query imports recordings": ("events/query/reader.py", "from events.recordings import counts"),
    "wire imports db": ("events/wire/pixel.py", "from events.db import errors"),
    "models imports db": ("events/models.py", "from events.db import disk"),
}

#: Where addresses of pages begin; the lower room gets them from ``reverse``.
_UPPER: Final = (
    "/recordings/",
    "/shim/",
    "/s/",
    "/strip/",
    "/import/",
    "/compare/",
    "/reference/",
    "/demo/",
    "/help/",
    "/login/",
    "/account/",
)

PURE = [
    "events.verdict",
    "events.verdict.interpreted",
    "events.wire",
    "events.wire.pixel",
    "events.judging.effective",
    "events.judging.draft",
    "events.judging.edition_cache",
    "events.comparison",
    "events.comparison.as_json",
    "events.store.missing_ranges",
    "events.query.parse",
    "events.query.printing",
    "events.query.plain",
    "events.redaction",
    "events.exports.schema",
    "events.exports.embedded",
    "events.exports.json_stream",
    "events.exports.specification",
    "events.imports.formats",
    "events.imports.har.reader",
    "events.imports.ndjson",
    "events.imports.pasted",
    "events.reference.loader",
    "events.reference.examples",
    "events.reference.json_schema",
]


def imported_with(module: str) -> set[str]:
    """The top-level packages that are loaded once ``module`` is, in a Python of its own."""
    script = f"import {module}, sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize("module", PURE)
def test_it_imports_no_django(module: str) -> None:
    packages = imported_with(module)
    assert "events" in packages
    assert packages.isdisjoint({"django", "ninja", "channels", "inspector"})


@pytest.mark.parametrize("package", _LOOSE)
def test_a_module_lies_in_a_room(package: str) -> None:
    assert {path.stem for path in (_ROOT / package).glob("*.py")} <= _LOOSE[package]


def test_every_room_has_its_place_in_the_stack() -> None:
    (contract,) = _settings()["importlinter"]["contracts"]
    placed = {name for layer in contract["layers"] for name in layer.split(" | ")}
    rooms = {f"events.{path.parent.name}" for path in (_ROOT / "events").glob("*/__init__.py")}
    assert rooms - {"events.migrations"} <= placed


def test_imports_go_down_the_stack(tmp_path: Path) -> None:
    assert _linted(_copied(tmp_path)) == 0


@pytest.mark.parametrize(("path", "line"), _PLANTED.values(), ids=_PLANTED)
def test_an_import_up_the_stack_is_found(tmp_path: Path, path: str, line: str) -> None:
    planted = _copied(tmp_path) / path
    planted.write_text(f"{planted.read_text()}\n{line}\n")
    assert _linted(tmp_path) == 1


def test_the_lower_room_knows_no_address_of_the_upper_one() -> None:
    found = [
        f"{path.relative_to(_ROOT)}:{line}"
        for path in (_ROOT / "events").rglob("*.py")
        for line, text in _texts(ast.parse(path.read_text()))
        if text.startswith(_UPPER)
    ]
    assert found == []


def _texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and content of each string in ``tree``, but for what decorates a view: routes of the API's own."""
    for name, value in ast.iter_fields(tree):
        for node in value if isinstance(value, list) else [value]:
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.lineno, node.value
            elif isinstance(node, ast.AST) and name != "decorator_list":
                yield from _texts(node)


def _settings() -> dict[str, Any]:
    tools: dict[str, Any] = tomllib.loads((_ROOT / "pyproject.toml").read_text())["tool"]
    return tools


def _copied(folder: Path) -> Path:
    """The two packages and the contract, in a folder of their own."""
    for package in _LOOSE:
        shutil.copytree(_ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(_ROOT / "pyproject.toml", folder)
    return folder


def _linted(folder: Path) -> int:
    """The exit code of import-linter in ``folder``: 0 where the contract is kept, 1 where it is broken."""
    program = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)
    assert "Contracts: 1 kept" in run.stdout or "0 kept, 1 broken" in run.stdout, run.stdout + run.stderr
    return run.returncode
