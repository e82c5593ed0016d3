"""The data in the manual's tables: read from what they describe, so that manual and program cannot differ."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson
from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.core.management.base import CommandParser

from events.api import api
from events.api.validate import judgements
from events.exports.formats import FORMATS
from events.judging.edition import default_edition
from events.query.fields import FIELDS, OPERATORS, STATES, STATES_TO_COME, TYPES
from events.query.parse import DEEPEST, LONGEST, MOST_TERMS
from events.reference import editions, load
from events.reference.differences import differences
from events.reference.examples import example_params
from events.verdict import CODES
from events.wire import read
from inspector.presenters.finding_codes import WORDS, groups_with_codes, legend
from inspector.presenters.personal_data_labels import KIND_WORDS
from inspector.presenters.reference_diff import totals_of
from inspector.script.problems import TROUBLES
from inspector.serving.environment import ENVIRONMENT

_FILES: Final = Path(settings.BASE_DIR) / "static" / "help"
_EVENT: Final = "search"  # the shortest complete event of the reference


class Option(NamedTuple):
    """One argument of a command as it is typed, and what it does."""

    typed: str
    purpose: str


class Command(NamedTuple):
    """One command of ``./manage.py``."""

    name: str
    purpose: str
    options: list[Option]


class Endpoint(NamedTuple):
    """One address of the API."""

    method: str
    path: str
    purpose: str


def commands() -> list[Command]:
    """The project's own commands with their arguments, by name."""
    names = sorted(name for name, app in get_commands().items() if app == "inspector")
    return [_command(name) for name in names]


def endpoints() -> list[Endpoint]:
    """Every address in the OpenAPI document, in its order."""
    return [
        Endpoint(method.upper(), path, _first_line(operation.get("description") or operation["summary"]))
        for path, operations in api.get_openapi_schema()["paths"].items()
        for method, operation in operations.items()
    ]


def complete_event(*, without: str = "") -> str:
    """A complete event as JSON text, or one that lacks the parameter ``without``."""
    params = example_params(default_edition(), _EVENT, required_only=True)
    return orjson.dumps({"event_name": _EVENT} | {k: v for k, v in params.items() if k != without}).decode()


class EditionRow(NamedTuple):
    """An edition of the reference: how many events it has, and what it has beyond the edition ``before``."""

    name: str
    events: int
    is_default: bool
    before: str
    added: int
    rows: int


def edition_rows() -> list[EditionRow]:
    """Every edition, the newest first."""
    names = editions()
    rows: list[EditionRow] = []
    for before, name in zip(("", *names), names, strict=False):
        loaded, default = load(name), name == default_edition().edition
        totals = totals_of(differences(load(before), loaded)) if before else None
        added, more = (totals.events_added, totals.rows_added) if totals else (0, 0)
        rows.append(EditionRow(name, len(loaded.events), default, before, added, more))
    return rows[::-1]


def _judged(event: str) -> str:
    """What POST /api/validate answers for ``event``, as indented JSON."""
    answer = judgements(read(orjson.loads(event)), default_edition())
    return orjson.dumps(answer, option=orjson.OPT_INDENT_2).decode()


def _command(name: str) -> Command:
    command = load_command_class("inspector", name)
    parser = CommandParser(add_help=False)  # without the options that every Django command has
    command.add_arguments(parser)
    return Command(name, command.help, list(_options(parser)))


def _options(parser: CommandParser) -> Iterator[Option]:
    for action in parser._actions:  # noqa: SLF001  # argparse has no public list of them
        value = action.metavar or (
            f"{{{','.join(action.choices)}}}" if action.choices else action.dest.upper()
        )
        if not action.option_strings:
            yield Option(f"{value}" if action.nargs is None else f"[{value}]", action.help or "")
        else:
            flag = action.option_strings[0]
            yield Option(flag if action.nargs == 0 else f"{flag} {value}", action.help or "")


def _first_line(text: str) -> str:
    return text.partition("\n")[0].replace("``", "`")


def _verdicts() -> dict[str, Any]:
    complete, incomplete = complete_event(), complete_event(without="search_term")
    return {
        "reference": default_edition(),
        "complete": complete,
        "complete_answer": _judged(complete),
        "incomplete": incomplete,
        "incomplete_answer": _judged(incomplete),
        "finding_groups": groups_with_codes(),
    }


#: Topic -> the values of its template's context beside the origin.
TABLES: Final[dict[str, Callable[[], dict[str, Any]]]] = {
    "connect": lambda: {"troubles": TROUBLES.values(), "complete": complete_event()},
    "verdicts": _verdicts,
    "editions": lambda: {"editions": edition_rows(), "newest": editions()[-1]},
    "findings": lambda: {"legend": legend(), "codes": len(CODES), "groups": WORDS.items()},
    "query": lambda: {
        "fields": [spec for spec in FIELDS.values() if spec.there],
        "states": [(state, words) for state, words in STATES.items() if state not in STATES_TO_COME],
        "operators": OPERATORS.items(),
        "types": TYPES,
        "longest": LONGEST,
        "terms": MOST_TERMS,
        "deepest": DEEPEST,
    },
    "share": lambda: {"kinds": KIND_WORDS.values(), "limits": ENVIRONMENT.limits},
    "export": lambda: {"formats": FORMATS.values(), "kinds": KIND_WORDS},
    "commands": lambda: {"commands": commands()},
    "api": lambda: {"endpoints": endpoints()},
    "configuration": lambda: {
        "variables": ENVIRONMENT.variables.values(),
        "variable_limits": [limit for limit in ENVIRONMENT.limits.values() if limit.variable],
    },
    "limits": lambda: {"limits": ENVIRONMENT.limits.values()},
    "deploy": lambda: {
        "unit": (_FILES / "inspector.service").read_text(),
        "nginx": (_FILES / "nginx.conf").read_text(),
    },
}
