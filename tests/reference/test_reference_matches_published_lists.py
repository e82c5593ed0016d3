"""The enumerations and the hashing rule equal the published ones; skips like its sister on the tables."""

import hashlib
import re

import pytest

from events.reference import load
from tests.paths import ROOT

DOCUMENT = ROOT.parent / "shared" / "reference" / "events-reference.md"
TEXT = DOCUMENT.read_text(encoding="utf-8").replace("\\_", "_") if DOCUMENT.exists() else ""

pytestmark = pytest.mark.skipif(not TEXT, reason=f"the published document is not at {DOCUMENT}")

REFERENCE = load("2023-05")


@pytest.mark.parametrize(
    ("pattern", "enumeration", "count"),
    [
        (r"\| payment_method +\| ([a-z_]+)", "payment_method", 9),
        (r"<td>status</td><td>([a-z_]+)", "purchase_status", 10),
        (r"<li>([a-z_]+)(?:</li>| \(e\.g\.)", "page_type", 13),
    ],
)
def test_enumerations_are_the_published_ones(pattern: str, enumeration: str, count: int) -> None:
    values = REFERENCE.enumerations[enumeration].values
    assert list(values) == re.findall(pattern, TEXT)
    assert len(values) == count


def test_hashes_are_the_published_ones() -> None:
    email = "john.doe@example.com"
    published = dict(re.findall(r"email(_[a-z0-9]+): '([0-9a-f]+)'", TEXT))
    assert published == {
        "_md5": hashlib.md5(email.encode(), usedforsecurity=False).hexdigest(),
        "_sha256": hashlib.sha256(email.encode()).hexdigest(),
    }
    assert {suffix: len(digest) for suffix, digest in published.items()} == REFERENCE.hash_suffixes
