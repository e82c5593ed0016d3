"""Fixtures: the doubles of the vendor's hosts, and apps behind mitmproxy."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import services
from tests.phones.phone import SCRIPT, Phone, Vendor, vendor_doubles


@pytest.fixture(scope="session")
def doubles(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vendor]:
    services.need("mitmproxy", "openssl")
    with vendor_doubles(tmp_path_factory.mktemp("vendor")) as vendor:
        yield vendor


@pytest.fixture
def vendor(doubles: Vendor) -> Vendor:
    """The vendor's doubles, which have received nothing yet."""
    for double in (doubles.http, doubles.https):
        double.seen.clear()
    return doubles


@pytest.fixture
def new_phone(vendor: Vendor, tmp_path: Path) -> Iterator[Callable[..., Phone]]:
    """Starts a proxy with these options and the script, or another one, and a client behind it."""
    phones: list[Phone] = []

    def start(*options: str, script: Path = SCRIPT) -> Phone:
        folder = tmp_path / f"phone{len(phones)}"
        folder.mkdir()
        phones.append(Phone(folder, vendor, options, script))
        return phones[-1]

    yield start
    for phone in phones:
        phone.end()
