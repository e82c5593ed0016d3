"""Texts of the problems that keep events from arriving: a sentence and a remedy for each cause. Pure."""

from typing import Final

#: Sentence and remedy by cause (``events.wire.CAUSES``; a test holds the two equal).
TROUBLES: Final[dict[str, tuple[str, str]]] = {
    "policy": (
        "The page's content security policy forbids posts to the inspector.",
        "Use the browser extension, or allow this inspector in connect-src.",
    ),
    "mixed_content": (
        "The page is on https, this inspector on plain http: browsers block that.",
        "Open the inspector as localhost, serve it over https, or use the browser extension.",
    ),
    "local_network": (
        "The browser keeps the page from reaching an inspector on this machine or network.",
        "Allow “local network access” in the site's settings, or use the browser extension.",
    ),
    "away": (
        "The inspector did not answer for a while; the page kept its events and has sent them now.",
        "Look whether the inspector was stopped, or the network was down.",
    ),
    "no_container": (
        "No container loads: calls wait in the queue, and nothing is sent to Commanders Act.",
        "Check the container's address, the consent it waits for, and ad blockers.",
    ),
    "fake_container": (
        "Something answers cact but never sends: most likely an ad blocker's stand-in for the container.",
        "Switch the ad blocker off for this site.",
    ),
    "request_failed": (
        "The browser did not let the client's own request out.",
        "Switch off what blocks it: an ad blocker, a privacy setting, or the page's content security policy.",
    ),
    "second_script": (
        "The inspector's script is in the page twice; the second copy does nothing.",
        "Take one away: the page's own, the tag manager's, or the extension's.",
    ),
    "lost": (
        "Events that the page kept in its site's storage could not be read again: they are lost.",
        "Look for what empties or changes that storage: the site's code, a privacy setting, an extension.",
    ),
    "foreign_answer": (
        "Something else answered in the inspector's place; the page keeps its events and sends them again.",
        "Look for a service worker with an offline page, a network that asks for a login, or a proxy.",
    ),
    "trusted_types": (
        "The page's Trusted Types policy lets no script in that it does not name.",
        "Use the browser extension.",
    ),
}


def words(code: str) -> str:
    """The sentence and the remedy of a cause, as one text."""
    return " ".join(TROUBLES[code])
