"""The compare page: two recordings, their differences, and the rules that ignore some of them."""

from dataclasses import dataclass, replace
from typing import Any, Final

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from events.comparison import BadRule, Difference, Rule, apply_rules
from events.comparison.as_text import markdown, summary
from events.comparison.difference import KINDS
from events.comparison.from_recording import aligned, redacted, redacted_names
from events.comparison.rules import KINDS as RULE_KINDS
from events.comparison.rules import MOST_RULES
from events.models import Recording
from events.recordings import get_recording
from events.recordings.filter_parameters import parse_query
from events.recordings.listing import with_counts
from inspector.pages.request_params import number
from inspector.presenters.comparison_rows import Chosen, batch_of, kind_counts, name_counts
from inspector.serving.htmx_request import HtmxHttpRequest

_LISTED: Final = 50
#: What is compared: the recordings, and of them the events of a query.
_SIDES: Final = ("a", "b", "query", "zone")


@require_safe
def compare(request: HtmxHttpRequest) -> HttpResponse:
    """The result, or the list to choose from while a side is missing; for htmx only further rows."""
    a, b = (_recording(request.GET.get(side, "")) for side in ("a", "b"))
    if a is None or b is None:
        return _choose(request, a, b)
    asked = _asked_rules(request.GET)
    difference = _difference(request.GET, asked, a, b)
    if request.htmx.target == "more":
        return render(request, "inspector/_compare_rows.html", _part(request.GET, difference, a, b))
    return render(request, "inspector/compare.html", _result(request.GET, asked, difference, a, b))


def _choose(request: HttpRequest, a: Recording | None, b: Recording | None) -> HttpResponse:
    words = request.GET.get("q", "").replace("\0", "")[:200].strip()
    found = Recording.objects.order_by("-created_at")
    if words:
        found = found.filter(
            Q(name__icontains=words) | Q(site__icontains=words) | Q(key=words) | Q(tags__icontains=words)
        )
    other_side = a or b
    if other_side is not None:
        found = found.exclude(pk=other_side.pk)
    context = {
        "a": a,
        "b": b,
        "side": "b" if a else "a",
        "kept": urlencode({"a": a.key} if a else {"b": b.key} if b else {}),
        "words": words,
        "listed": with_counts(list(found[:_LISTED])),
        "most": _LISTED,
    }
    return render(request, "inspector/compare_choose.html", context)


def _difference(query: QueryDict, asked: "_Asked", a: Recording, b: Recording) -> Difference:
    found = apply_rules(aligned(a, b, parse_query(query)), asked.rules, automatic=asked.automatic)
    if not _redacts(query):
        return found
    shown = redacted(found, a, b)
    # The page's links carry the rules unmasked: a masked rule would match nothing.
    proposals = [
        replace(each, rule=own.rule) for each, own in zip(shown.proposals, found.proposals, strict=True)
    ]
    return replace(shown, rules=found.rules, proposals=proposals)


def _redacts(query: QueryDict) -> bool:
    return query.get("redact") == "1"


def _part(query: QueryDict, difference: Difference, a: Recording, b: Recording) -> dict[str, Any]:
    """The batch of rows that the address asks for, and the address of the next one."""
    part = batch_of(difference, _chosen(query), number(query.get("offset", ""), digits=9))
    return {"a": a, "b": b, "part": part, "further": _address(query, difference, offset=part.next)}


def _result(
    query: QueryDict, asked: "_Asked", difference: Difference, a: Recording, b: Recording
) -> dict[str, Any]:
    return _part(query, difference, a, b) | {
        "sides": (("A", "before", a, "b", b), ("B", "after", b, "a", a)),
        "difference": difference,
        "counts": difference.counts(),
        "summary": summary(difference),
        "markdown": markdown(difference, *(redacted_names(a, b) if _redacts(query) else (a.name, b.name))),
        "chosen": _chosen(query),
        "query": parse_query(query),
        "redact": _redacts(query),
        "kinds": kind_counts(difference),
        "names": name_counts(difference),
        "rules": _shown_rules(difference),
        "rule_kinds": RULE_KINDS.items(),
        "bad_rules": asked.errors,
        "swapped": _address(query, difference, a=b.key, b=a.key),
        "json": _address(query, difference, only_rules=True),
    }


@dataclass(frozen=True, slots=True)
class _Asked:
    """The rules in an address; with ``automatic`` the proposed rules are in force, too."""

    rules: list[Rule]
    automatic: bool
    errors: list[str]


def _asked_rules(query: QueryDict) -> _Asked:
    rules: dict[Rule, None] = {}
    errors: list[str] = []
    for text in query.getlist("ignore")[: 2 * MOST_RULES]:
        try:
            if text.strip() and len(rules) < MOST_RULES:
                rules[Rule.parse(text)] = None
        except BadRule as error:
            errors.append(str(error))
    return _Asked(list(rules), query.get("auto") != "0", errors)


def _chosen(query: QueryDict) -> Chosen:
    names = frozenset(name for name in query.getlist("name") if name)
    kinds = frozenset(kind for kind in KINDS if kind in query.getlist("kind"))
    return Chosen(kinds, names, query.get("all") == "1", query.get("ignored") == "1")


@dataclass(frozen=True, slots=True)
class _ShownRule:
    """A rule with its check box. A proposed one has a reason, a count and an example, a person's own none."""

    rule: Rule
    in_force: bool
    reason: str = ""
    count: int = 0
    before: Any = None
    after: Any = None

    @property
    def text(self) -> str:
        """The rule in its written form."""
        return str(self.rule)


def _shown_rules(difference: Difference) -> list[_ShownRule]:
    """The rules of the person, then the proposed ones."""
    proposed = {proposal.rule for proposal in difference.proposals}
    own = [_ShownRule(rule, in_force=True) for rule in difference.rules if rule not in proposed]
    return own + [
        _ShownRule(each.rule, each.rule in difference.rules, each.reason, each.count, each.before, each.after)
        for each in difference.proposals
    ]


def _address(query: QueryDict, difference: Difference, *, only_rules: bool = False, **put: Any) -> str:
    """The query string of this view with ``put`` changed in it; the rules in force are written out."""
    changed = QueryDict(mutable=True)
    for name in (*_SIDES, "redact") if only_rules else (*_SIDES, "redact", "kind", "name", "all", "ignored"):
        changed.setlist(name, query.getlist(name))
    changed["auto"] = "0"
    changed.setlist("ignore", [str(rule) for rule in difference.rules])
    for name, value in put.items():
        if value is not None:
            changed[name] = str(value)
    return changed.urlencode()


def _recording(key: str) -> Recording | None:
    """The recording with this key; None for an empty key. Raises Http404."""
    return get_recording(key) if key else None
