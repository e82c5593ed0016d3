"""The query fields of the vendor's address that say where an event goes and are not part of it. Pure."""

from typing import Final

#: The names under which an address holds the source key, which is the capture key here: ``token`` is what
#: containers and the HTTP API write, ``tc_skey`` what the vendor's mobile SDKs write. Where an address has
#: both, the first one that is not empty counts.
KEY_FIELDS: Final = ("token", "tc_skey")

#: All fields that address the request: the site and the key.
ROUTING_FIELDS: Final = frozenset({"tc_s", *KEY_FIELDS})
