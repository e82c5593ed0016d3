"""The effective event: what the page passed plus what the client was observed to add. Pure.

Only the parameters that the reference says are added automatically are filled in, only where the page left
them out (reading of the reference, decided point 1): ``user.consent_categories`` for every event, and the
rows marked automatic of the event itself.
"""

from typing import Any, Final

from events.reference import Reference

_CONSENT: Final = "consent_categories"


def effective(
    name: Any, called: Any, sent: Any, automatic: dict[str, Any], reference: Reference
) -> tuple[Any, list[str]]:
    """The parameters to judge, and the JSON Pointers of those that were filled in automatically.

    What was seen on the wire alone is judged as sent.
    """
    if called is None and sent is not None:
        return sent, []
    if called is not None and not isinstance(called, dict):
        return called, []
    params: dict[str, Any] = dict(called or {})
    filled = [key for key in _automatic_rows(name, reference) if _fill(params, automatic, key)]
    paths = [f"/{key}" for key in filled]
    observed = automatic.get("user")
    user = params.get("user")
    if isinstance(observed, dict) and (user is None or isinstance(user, dict)):
        user = dict(user or {})
        if _fill(user, observed, _CONSENT):
            params["user"] = user
            paths.append(f"/user/{_CONSENT}")
    return params, paths


def _automatic_rows(name: Any, reference: Reference) -> list[str]:
    spec = reference.events.get(name) if isinstance(name, str) else None
    return [row.name for row in spec.parameters if row.automatic and row.name != "user"] if spec else []


def _fill(params: dict[str, Any], observed: dict[str, Any], key: str) -> bool:
    if params.get(key) in (None, "") and observed.get(key) is not None:
        params[key] = observed[key]
        return True
    return False
