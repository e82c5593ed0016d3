"""The type of a request after django-htmx's middleware, which every request to a view passes."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class HtmxHttpRequest(HttpRequest):
    """A request with ``htmx``: false where htmx did not send it, else its target and its page's URL."""

    htmx: HtmxDetails
