"""Cases of pages with the shim, the stub and the container double, in every order that real sites have."""

from typing import Any, Final

from tests.shim_cases import DECLARED, HANDS_ON, STUB, script

SHIM: Final = "{shim}"
CONTAINER: Final = "{container}"

# The page's calls after all scripts are loaded. The container fires further events: see TAGS.
CALLS: Final = script("""
    const params = { id: 'O_1', revenue: 16, currency: 'EUR', user: { id: '7' }, when: new Date(0), gone:
    undefined }; let given; cact('on', 'track_purchase', (event) => { given = event.eventData });
    cact('setProperty', 'user.plan', 'gold'); cact('trigger', 'purchase', params, () => { window.called =
    (window.called || 0) + 1 }); cact('emit', 'purchase', { id: 'no event' }); cact('consent.get', () => {});
    cact('config', { siteId: '99' }); caReady.push(['trigger', 'pushed', { by: 'hand' }]); cact('trigger',
    'login', { user: { email: 'a@example.com' } }); window.outcome = { called: window.called, mutated:
    Object.keys(params.user), given: !!given };
""")

# The container's tags: one fires while the container loads, one at the page's purchase.
TAGS: Final = script("""
    window.tags_1234_5 = [(cact) => {
        cact('trigger', 'tag_at_load', { tag: 1 });
        cact('on', 'track_purchase', () => cact('trigger', 'tag_on_purchase', { tag: 2 }));
    }];
""")
NAMES: Final = ["tag_at_load", "purchase", "tag_on_purchase", "pushed", "login"]

LOAD_ORDERS: Final = {
    "shim before the stub": SHIM + STUB + TAGS + CONTAINER + CALLS,
    "shim between stub and container": STUB + SHIM + TAGS + CONTAINER + CALLS,
    "stub run again after the container": SHIM + STUB + TAGS + CONTAINER + STUB + CALLS,
    "stub run again, shim between": STUB + SHIM + STUB + TAGS + CONTAINER + STUB + CALLS,
    "shim twice": SHIM + STUB + SHIM + TAGS + CONTAINER + CALLS + SHIM,
    "no stub": SHIM + TAGS + CONTAINER + CALLS,
    "a declared stub": SHIM + script(DECLARED) + TAGS + CONTAINER + CALLS,
    "var caReady": SHIM + script("var caReady = []") + STUB + TAGS + CONTAINER + CALLS,
    "var caReady before the shim": script("var caReady = []") + STUB + SHIM + TAGS + CONTAINER + CALLS,
    "shim after the container": STUB + TAGS + CONTAINER + SHIM + CALLS,
    "shim after the container, stub again": STUB + TAGS + CONTAINER + STUB + SHIM + STUB + CALLS,
    "shim after two stubs and a title": STUB
    + STUB
    + TAGS
    + CONTAINER
    + "<title>Later</title>"
    + SHIM
    + CALLS,
    "wrapped by the page": SHIM + STUB + TAGS + CONTAINER + HANDS_ON + CALLS,
}

# Options of the container's script element.
FAMILIES: Final[dict[str, dict[str, Any]]] = {
    "generator 103": {"generator": "103.8"},
    "generator 93": {"generator": 93},
    "generator 85": {"generator": 85},
    "generator 84": {"generator": 84},
    "generator 72": {"generator": 72},
    "own domain": {"own_domain": True},
}
