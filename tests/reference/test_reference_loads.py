"""The loader takes the editions that are here, and says what is wrong with one that is broken and where."""

import shutil
import tomllib
from pathlib import Path

import pytest

from events import reference
from events.reference import DEFAULT, BrokenReference, editions, load
from events.reference.examples import example_params
from events.reference.loader import load_folder
from events.verdict import judge
from tests.paths import CASE_FOLDER

FOLDER = Path(reference.__file__).parent / DEFAULT
BROKEN = CASE_FOLDER / "broken_references.toml"
CASES = tomllib.loads(BROKEN.read_text(encoding="utf-8"))["case"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the default edition, to break."""
    return Path(shutil.copytree(FOLDER, tmp_path / DEFAULT))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["message"])
def test_a_broken_file_is_named_with_the_reason(tmp_path: Path, case: dict[str, str]) -> None:
    edition = case.get("edition", DEFAULT)
    folder = Path(shutil.copytree(FOLDER.parent / edition, tmp_path / edition))
    file = folder / case["file"]
    text = file.read_text(encoding="utf-8")
    assert case["good"] in text
    file.write_text(text.replace(case["good"], case["bad"], 1), encoding="utf-8")
    with pytest.raises(BrokenReference) as caught:
        load_folder(folder)
    assert str(caught.value).startswith(case["message"])


@pytest.mark.parametrize(
    "file", ["edition.toml", "enumerations.toml", "vocabulary.toml", "login.toml", "user.toml"]
)
def test_a_missing_file_is_named(folder: Path, file: str) -> None:
    (folder / file).unlink()
    with pytest.raises(BrokenReference, match=rf"^{file}: .*there is no such file"):
        load_folder(folder)


def test_a_schema_that_an_event_refers_to_must_be_there(folder: Path) -> None:
    (folder / "product.toml").unlink()
    edition = folder / "edition.toml"
    edition.write_text(edition.read_text(encoding="utf-8").replace('"Product", ', ""), encoding="utf-8")
    with pytest.raises(BrokenReference, match=r"^item.toml: product: type: there is no schema 'Product'"):
        load_folder(folder)


def test_an_untouched_copy_loads(folder: Path) -> None:
    copy = load_folder(folder)
    assert list(copy.events) == list(load().events)


def test_every_edition_loads_and_is_read_once() -> None:
    assert DEFAULT in editions()
    for edition in editions():
        assert load(edition).edition == edition
        assert load(edition) is load(edition)
    assert load() is load(DEFAULT)


@pytest.mark.parametrize("edition", ["1999-01", "", "../verdict", "."])
def test_an_edition_that_is_not_there_is_refused(edition: str) -> None:
    with pytest.raises(BrokenReference, match="no such edition; there is 2023-05"):
        load(edition)


def test_a_parameter_without_a_row_of_its_own_may_go_without_a_type() -> None:
    row = load().events["begin_checkout"].parameter("id")
    assert row is not None
    assert (row.type, row.listed) == (None, False)


def test_the_rules_between_parameters_go_by_the_edition(folder: Path) -> None:
    for file, before, after in (
        ("edition.toml", 'net = "revenue"', 'net = "tax_amount"'),
        (
            "edition.toml",
            'parts = ["shipping_amount", "tax_amount"]',
            'parts = ["shipping_amount", "revenue"]',
        ),
        ("vocabulary.toml", 'price = "product"', 'brand = "product"'),
    ):
        text = (folder / file).read_text(encoding="utf-8")
        (folder / file).write_text(text.replace(before, after), encoding="utf-8")
    other = load_folder(folder)
    params = example_params(load(), "purchase") | {"value": 1, "revenue": 0.5, "tax_amount": 5}
    del params["shipping_amount"]
    params["items"][0] |= {"price": 1, "brand": "x", "quantity": 1, "discount": 0}
    params["items"][0]["product"]["price"] = 0.5
    found = [
        {(finding.code, finding.path) for finding in judge("purchase", params, edition).findings}
        for edition in (load(), other)
    ]
    assert ("inconsistent_amount", "/value") not in found[0]
    assert ("misplaced_property", "/items/0/price") in found[0]
    assert ("inconsistent_amount", "/value") in found[1]
    assert ("misplaced_property", "/items/0/brand") in found[1]
