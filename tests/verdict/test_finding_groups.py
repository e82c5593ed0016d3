"""Every finding code belongs to a group, and one number holds the gravest severity of each group."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events import checks
from events.verdict import CODES, StoredFinding, verdict_of
from events.verdict.groups import BITS, GROUP_OF, GROUPS, gravest_of, group_of, numbers_of
from events.verdict.muting import (
    ALL_MUTED,
    divide,
    groups_in,
    muted_bits,
    mutes,
    read_muted,
    verdict_of_shown,
    verdict_under,
)


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
def test_each_group_has_the_number_of_its_findings(findings: list[StoredFinding]) -> None:
    groups = [group_of(found["code"]) for found in findings]
    assert numbers_of(findings) == tuple(groups.count(group) for group in GROUPS)


@given(findings, st.integers(0, ALL_MUTED))
def test_the_verdict_under_muting_is_that_of_the_findings_that_are_shown(
    findings: list[StoredFinding], muted: int
) -> None:
    shown = [found for found in findings if not mutes(muted, found["code"])]
    verdict = verdict_of(found["severity"] for found in shown)
    assert verdict_under(gravest_of(findings), muted) == verdict_of_shown(shown) == verdict
    assert divide(findings, muted) == (shown, [found for found in findings if mutes(muted, found["code"])])


def test_muted_groups_are_a_bitmask() -> None:
    assert [groups_in(muted) for muted in (0, 0b1, 0b1010)] == [[], ["required"], ["format", "across"]]
    assert muted_bits(["values", "a newer group", "values"]) == 0b100
    assert all(muted_bits(groups_in(muted)) == muted for muted in range(ALL_MUTED + 1))


def test_muted_groups_are_read_from_a_text() -> None:
    assert read_muted("values, across") == 0b1100
    assert read_muted("no") == read_muted("") == 0
    with pytest.raises(ValueError, match="there is required, format, values, across, or no"):
        read_muted("values,colour")
