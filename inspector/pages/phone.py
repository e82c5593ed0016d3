"""The phone page: QR codes that open a recording on a phone."""

from io import BytesIO
from typing import Final, NamedTuple

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from events.models import Recording
from events.recordings import get_recording
from inspector.serving.addresses import is_this_machine, lan_addresses, listens_everywhere


class QrCode(NamedTuple):
    """One QR code: the address that it opens, with a title and when to use it."""

    id: str
    title: str
    when: str
    address: str


_CODES: Final = (
    ("dashboard", "Watch", "This recording's dashboard on the phone, live.", "dashboard"),
    ("demo", "Try", "The demo shop: what you do there on the phone shows up here.", "demo"),
    ("connect", "Connect", "Bookmarklet and snippets, for pages that you open on the phone.", "connect"),
)


@require_safe
def phone(request: HttpRequest, key: str) -> HttpResponse:
    """The QR codes; without any, why a phone cannot reach this inspector, and the remedy.

    ``?at=`` chooses one of the machine's addresses.
    """
    recording = get_recording(key)
    hosts = _hosts(request)
    chosen = _chosen(request, hosts)
    context = {
        "recording": recording,
        "hosts": hosts,
        "chosen": chosen,
        "codes": _codes(request, recording, chosen) if chosen else [],
        "port": settings.PORT,
        "secure": request.is_secure(),
    }
    return render(request, "inspector/phone.html", context)


@require_safe
def code(request: HttpRequest, key: str, what: str) -> HttpResponse:
    """One QR code as an SVG image. 404 for an unknown one, or where no phone can reach the inspector."""
    recording = get_recording(key)
    chosen = _chosen(request, _hosts(request))
    found = [one for one in _codes(request, recording, chosen) if one.id == what] if chosen else []
    if not found:
        raise Http404("There is no such code.")
    image = BytesIO()
    segno.make(found[0].address, error="m").save(
        image, kind="svg", dark="#000", light="#fff", border=4, omitsize=True, xmldecl=False
    )
    return HttpResponse(image.getvalue(), content_type="image/svg+xml", headers={"Cache-Control": "no-store"})


def _hosts(request: HttpRequest) -> list[str]:
    """The hosts, with ports, by which a phone can reach the inspector; the requested one comes first."""
    here, port = request.get_host(), request.get_port()
    hosts = [] if is_this_machine(split_domain_port(here)[0]) else [here]
    if listens_everywhere(settings.HOST):
        hosts += [f"{address}:{port}" for address in lan_addresses()]
    return list(dict.fromkeys(hosts))


def _chosen(request: HttpRequest, hosts: list[str]) -> str:
    wanted = request.GET.get("at", "")
    return wanted if wanted in hosts else next(iter(hosts), "")


def _codes(request: HttpRequest, recording: Recording, host: str) -> list[QrCode]:
    paths = {
        "dashboard": reverse("dashboard", args=[recording.key]),
        "demo": f"{reverse('demo')}?{urlencode({'recording': recording.key})}",
        "connect": reverse("connect", args=[recording.key]),
    }
    return [
        QrCode(id_, title, when, f"{request.scheme}://{host}{paths[to]}") for id_, title, when, to in _CODES
    ]
