"""The type of a request after django-htmx's middleware, which every view's request has passed."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class HtmxHttpRequest(HttpRequest):
    """A request with ``htmx``: false where no script of a page sent it, else its target and page."""

    htmx: HtmxDetails
