"""Renders every view and frame of some share links, and finds models and secrets in template contexts.

``python -m tests.share_contexts`` fills the database that the environment names, and prints as JSON, for each
view, the templates that it rendered and the places that lead to a model or a secret.
"""

import json
import os
import sys
import types
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from unittest.mock import patch

#: The columns of a recording that a share may show; the texts of all others are secrets.
SHOWN: Final = {"name", "site", "edition", "colour"}
#: A secret attribute of each row that is read, as a stand-in for a column that a later version adds.
_ADDED: Final = "secret-added-later"
_SKIPPED: Final = (type, types.ModuleType, types.FunctionType, types.MethodType, types.BuiltinFunctionType)
#: Context variables of Django's: they hold the request's address, which the viewer knows.
_DJANGOS: Final = {"request", "csrf_token", "block", "forloop", "True", "False", "None"}


def main() -> None:
    """Print the findings of each view of each share as JSON."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inspector.settings")
    django.setup()
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    setup_test_environment()  # enables Django's signal template_rendered
    call_command("migrate", verbosity=0)
    recording, secrets = _recording()
    found: dict[str, Any] = {}
    for share, path in _shares(recording):
        for name, render in _views(share, path).items():
            with _recorded() as contexts:
                text = render()
            templates = sorted({template for template, _ in contexts})
            leaks = [leak for template, values in contexts for leak in _leaks(template, values, secrets)]
            leaks += [f"text: {secret}" for secret in secrets if secret in text]
            found[f"{path} {name}"] = {"templates": templates, "leaks": leaks}
    sys.stdout.write(json.dumps(found))


def _recording() -> tuple[Any, list[str]]:
    """A recording with a gap, whose text columns hold secrets that name their column; and the secrets."""
    from django.db.models import CharField, TextField

    from events.models import Event, PageLoad, Recording
    from events.recordings import create_recording
    from events.reference import load
    from events.store.collect import drafts_of
    from events.store.transaction import Submission, store
    from events.wire import read_delivery
    from tests.posting import page_load, shim_event

    made = create_recording()
    page = page_load()
    events = [
        shim_event(n, "login" if n % 2 else "mine", {"user": {"id": "u-1"}}) for n in range(1, 7) if n != 4
    ]
    delivery = read_delivery({"page": page, "events": events, "left": [page | {"n": 9}]})
    drafts = drafts_of(delivery.events, load(made.edition))
    store([Submission(made.capture_digest, made.edition, drafts, left=delivery.left)])
    secrets = []
    for field in Recording._meta.concrete_fields:
        if isinstance(field, CharField | TextField) and field.name not in SHOWN:
            secret = f"secret-{field.name}"
            secrets.append(secret)
            value = json.dumps([secret]) if field.name == "tags" else secret
            Recording.everything.filter(pk=made.pk).update(**{field.name: value})
    for model in (Recording, PageLoad, Event):
        _add_column(model)
    return Recording.objects.get(pk=made.pk), [*secrets, _ADDED]


def _add_column(model: Any) -> None:
    read = model.from_db.__func__

    def with_column(cls: Any, *row: Any) -> Any:
        made = read(cls, *row)
        made.added_later = _ADDED
        return made

    model.from_db = classmethod(with_column)


def _shares(recording: Any) -> Iterator[tuple[Any, str]]:
    """Shares with their addresses: all events unmasked, all masked, those of a filter, a single event."""
    from django.urls import reverse

    from events.recordings.shares import ShareRequest, create_share

    for asked in (
        ShareRequest(masked=()),
        ShareRequest(),
        ShareRequest(query="name=login", masked=()),
        ShareRequest(seq=2, masked=()),
    ):
        share, token = create_share(recording, asked)
        yield share, reverse("shared", args=[token])


def _views(share: Any, path: str) -> Mapping[str, Any]:
    from django.test import Client

    from inspector.live.frames import Cursor, Viewer, next_frame
    from inspector.live.share_visibility import share_reader

    client = Client(headers={"host": "127.0.0.1"})

    def view(address: str, **headers: str) -> Any:
        def render() -> str:
            answer = client.get(f"{path}{address}", headers=headers)
            assert answer.status_code == 200, f"{address}: {answer.status_code}"
            content = b"".join(answer) if answer.streaming else answer.content
            return content.decode()

        return render

    def frame() -> str:
        viewer = Viewer(share.recording_id, share_reader(share.pk, path), None, cursor=Cursor(0, 0))
        return next_frame(viewer).html

    return {
        "dashboard": view(""),
        "dashboard with an event": view("?event=2"),
        "dashboard with a filter": view("?name=mine&q=user"),
        "timeline": view("", **{"HX-Request": "true", "HX-Target": "timeline"}),
        "newer rows": view("rows/?after=0"),
        "older rows": view("rows/?before=99"),
        "polled frame": view("frame/?after=0"),
        "pushed frame": frame,
        **({} if share.query else {"event": view("events/2/")}),
        **({} if share.query else {"event beside": view("events/2/", **{"HX-Request": "true"})}),
        **{f"export {extension}": view(f"export.{extension}") for extension in _FORMATS},
    }


_FORMATS: Final = ("html", "ndjson", "csv", "har", "xml", "sarif")


@contextmanager
def _recorded() -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Collects the context of every template that is rendered, of Django's and of Jinja's."""
    from django.template.backends import jinja2
    from django.test.signals import template_rendered

    contexts: list[tuple[str, dict[str, Any]]] = []
    render_jinja = jinja2.Template.render

    def rendered(template: Any, context: Any, **_: Any) -> None:
        contexts.append((template.name, context.flatten()))

    def render(template: Any, context: Any = None, request: Any = None) -> Any:
        contexts.append((template.template.name, dict(context or {})))
        return render_jinja(template, context, request)

    template_rendered.connect(rendered)
    with patch.object(jinja2.Template, "render", render):  # Django's signal covers only its own templates
        yield contexts
    template_rendered.disconnect(rendered)


def _leaks(template: str, values: Mapping[str, Any], secrets: list[str]) -> Iterator[str]:
    for name, value in values.items():
        if name not in _DJANGOS:
            yield from _reached(value, f"{template}: {name}", secrets, set())


def _reached(value: Any, place: str, secrets: list[str], seen: set[int]) -> Iterator[str]:
    """The models and secrets that a template can reach from ``value`` by attributes, keys and items."""
    from django.db.models import Manager, Model, QuerySet

    if id(value) in seen or isinstance(value, _SKIPPED):
        return
    seen.add(id(value))
    if isinstance(value, Model | Manager | QuerySet):
        yield f"{place} is a {type(value).__name__}"
    elif isinstance(value, str | bytes):
        text = value if isinstance(value, str) else value.decode(errors="replace")
        yield from (f"{place} holds {secret}" for secret in secrets if secret in text)
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _reached(key, f"{place}.{key}", secrets, seen)
            yield from _reached(each, f"{place}.{key}", secrets, seen)
    elif isinstance(value, list | tuple | set | frozenset):
        for number, each in enumerate(value):
            yield from _reached(each, f"{place}.{number}", secrets, seen)
    for name in _attributes(value):
        yield from _reached(getattr(value, name, None), f"{place}.{name}", secrets, seen)


def _attributes(value: Any) -> list[str]:
    slots = [name for cls in type(value).__mro__ for name in vars(cls).get("__slots__", ())]
    return [*getattr(value, "__dict__", {}), *slots]


if __name__ == "__main__":
    main()
