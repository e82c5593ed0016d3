"""Every finding code belongs to a group, and one number holds the gravest severity of each group."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events import checks
from events.verdict import CODES, StoredFinding, verdict_of
from events.verdict.groups import BITS, GROUP_OF, GROUPS, gravest_of, group_of


def finding(code: str, severity: str) -> StoredFinding:
    """A stored finding of which only code and severity matter."""
    return {"severity": severity, "code": code, "path": "/x", "expected": None, "got": None}  # type: ignore[typeddict-item]


findings = st.lists(st.builds(finding, st.sampled_from([*CODES, "a_newer_code"]), st.sampled_from([*BITS])))


def test_every_code_has_one_group() -> None:
    assert CODES.keys() == GROUP_OF.keys()
    assert checks.groups_check() == []


def test_a_code_without_a_group_is_told_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CODES, "new_code", frozenset({"info"}))
    (problem,) = checks.groups_check()
    assert problem.id == "events.E003"
    assert "new_code" in (problem.hint or "")


@given(findings)
def test_each_group_has_the_gravest_severity_of_its_findings(findings: list[StoredFinding]) -> None:
    gravest = gravest_of(findings)
    for place, group in enumerate(GROUPS):
        of_group = [BITS[found["severity"]] for found in findings if group_of(found["code"]) == group]
        assert gravest >> 2 * place & 3 == max(of_group, default=0)
    assert gravest >> 2 * len(GROUPS) == 0


@given(findings)
def test_the_verdict_follows_from_the_gravest_severities(findings: list[StoredFinding]) -> None:
    gravest = gravest_of(findings)
    most = max(gravest >> 2 * place & 3 for place, _ in enumerate(GROUPS))
    assert (
        verdict_of(found["severity"] for found in findings) == ["valid", "valid", "warning", "invalid"][most]
    )
