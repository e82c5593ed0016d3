"""Tells personal parameters by their names: those of the reference and other usual spellings. Pure.

Names are compared word by word without case and punctuation: ``user.e_mail``, ``customerEmail`` and
``user[email]`` are all e-mail addresses. In an object about a person every property is personal, except
consent.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple

from events.redaction.masks import MASK
from events.verdict.near_names import NearNames, fold

Holder = Literal["", "person", "postal"]


class ParameterKind(NamedTuple):
    """The kind of personal value under a key, "" for none; ``holder``: what an object there describes."""

    kind: str
    holder: Holder


NOT_PERSONAL: Final = ParameterKind("", "")

#: Kind by parameter of the User schema of every edition (a test compares both). "" is not personal.
USER_SCHEMA: Final[dict[str, str]] = {
    "id": "user_ids",
    "email": "emails",
    "email_md5": "hashes",
    "email_sha256": "hashes",
    "phone": "phones",
    "firstname": "names",
    "lastname": "names",
    "gender": "genders",
    "birthdate": "birth_dates",
    "street": "addresses",
    "city": "addresses",
    "state": "addresses",
    "zipcode": "addresses",
    "country": "addresses",
    "consent_categories": "",
    "status": "",  # such as customer or prospect
}
_NEAR_USER: Final = NearNames(USER_SCHEMA)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_PERSON = _set(
    "user usr customer cust client visitor member account profile person contact buyer shopper subscriber "
    "recipient guest patient employee traits identity utilisateur consumer owner prospect payer payee"
)
_POSTAL = _set("billing shipping delivery invoice location geo")
_ID = _set("id ids uid uuid guid number no num nr key ref reference code identifier")
_PHONE = _set("phone phones telephone tel mobile cell cellphone msisdn gsm fax whatsapp handy")
_NO_PHONE = re.compile("headphone|microphone|smartphone|iphone|saxophone|earphone")
_NAME = re.compile(
    "first_?name|last_?name|full_?name|sur_?name|given_?name|family_?name|middle_?name|maiden_?name|nick_?name"
    "|forename|prenom|real_?name|card_?holder|vorname|nachname"
)
_OWN_NAME = _set("name first last nom initials title given family middle nick alias")
_BIRTH = _set("dob bday naissance born birthday age")
_GENDER = _set("gender sex civility civilite salutation")
_IP = _set("ip ips ipaddress ipv remoteaddr xforwardedfor clientip userip")
_SECRET = _set(
    "password passwd pwd passphrase secret token jwt authorization auth otp pin cvv cvc iban bic ssn apikey "
    "bearer nonce signature csrf passport tcskey"
)
_COOKIE_KEYS = _set(
    "fbp fbc fbclid gclid dclid msclkid ttclid wbraid gbraid sid sess session sessionid phpsessid jsessionid "
    "ga gid gcl tcid tcpid caid"
)
_COOKIE_START = ("_ga", "_gid", "_gcl", "_fbp", "_fbc", "_hj", "_pk_", "_scid", "_uet", "tc_")
_NO_COOKIE = frozenset({"tc_s", "tc_skey"})  # the site and its key, in requests of the vendor's clients
_ADDRESS = _set(
    "address addresses addressline street city town zip zipcode postcode postal postalcode locality suburb "
    "lat latitude lon lng longitude coordinates adresse ville plz housenumber"
)
_REGION = _set("state country region county province")
_LOGIN = _set(
    "userid uid crm crmid login username anonymous anonymousid deviceid advertisingid idfa idfv gaid aaid "
    "maid loyalty fidelity puid visitorid customerid externalid"
)
_CONSENT = ("consent", "rejectedvendors", "refusedvendors", "googleconsentmode", "optin", "optout")
_HASH_END = re.compile(r"(?:md5|sha1|sha256|sha512|hash|hashed)\Z")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+")
_LONGEST_KEY = 200  # characters of a key that are read


def kind_of(keys: Iterable[str]) -> ParameterKind:
    """The kind of the parameter at the end of a path of keys."""
    kind = NOT_PERSONAL
    for key in keys:
        kind = child_kind(kind, key)
    return kind


def child_kind(parent: ParameterKind, key: str) -> ParameterKind:
    """The kind of property ``key`` of an object of kind ``parent``; a personal parent passes its kind on."""
    return _child_kind(parent, key[:_LONGEST_KEY])


@lru_cache(16_384)
def _child_kind(parent: ParameterKind, key: str) -> ParameterKind:
    own = _kind_of_key(MASK.sub("", key), parent.holder)
    if own is None:  # consent of a person does not identify the person
        return NOT_PERSONAL if parent.holder == "person" or not parent.kind else parent
    if own.kind or not parent.kind:
        return own
    return ParameterKind(parent.kind, own.holder or parent.holder)


def values(payload: Any, kind: ParameterKind = NOT_PERSONAL) -> Iterator[tuple[str, Any, str]]:
    """Yield kind, value and key of each personal text or number in ``payload``; keys without punctuation."""
    stack: list[tuple[Any, ParameterKind, str]] = [(payload, kind, "")]
    while stack:
        value, own, name = stack.pop()
        if isinstance(value, dict):
            stack += [(entry, child_kind(own, key), key) for key, entry in value.items()]
        elif isinstance(value, list):
            stack += [(entry, own, name) for entry in value]
        elif own.kind and isinstance(value, str | int | float) and not isinstance(value, bool):
            yield own.kind, value, fold(name[:_LONGEST_KEY])


def texts(payload: Any) -> Iterator[str]:
    """Yield each string value of ``payload``, at any depth."""
    stack = [payload]
    while stack:
        value = stack.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            stack += value.values()
        elif isinstance(value, list):
            stack += value


def _kind_of_key(key: str, holder: Holder) -> ParameterKind | None:
    """The kind of parameter ``key`` in an object about ``holder``; None where it is about consent."""
    key = _without_accents(key)
    words = [word.lower() for word in _WORD.findall(key)]
    folded = fold(key)
    singular = {word.removesuffix("s") for word in words} | set(words)
    if folded.startswith(_CONSENT):
        return None
    kind = _kind(key, folded, singular)
    person, postal = bool(singular & _PERSON), bool(singular & _POSTAL)
    if not kind and singular & _REGION and (holder or person or postal):
        kind = "addresses"
    if not kind and (person or holder) and "name" in singular:
        kind = "names"
    if not kind and person and singular & _ID:
        kind = "user_ids"
    if kind:
        return ParameterKind(
            kind, "person" if holder == "person" else "postal" if kind == "addresses" else ""
        )
    if holder == "person":
        return _in_person(key, singular)
    if person:
        return ParameterKind("user_properties" if len(words) == 1 else "", "person")
    return ParameterKind("", "postal" if postal else "")


def _without_accents(key: str) -> str:
    if key.isascii():
        return key
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", key) if not unicodedata.combining(letter)
    )


def _kind(key: str, folded: str, words: set[str]) -> str:
    """The kind that a name alone tells, whatever object the parameter is in; "" for none."""
    for kind, found in (
        ("hashes", _HASH_END.search(folded) or words & {"md", "sha", "hash"}),
        ("emails", "email" in folded or words & {"mail", "courriel", "mailto"}),
        ("ip_addresses", words & _IP or folded in _IP),
        ("phones", (words & _PHONE or "phone" in folded) and not _NO_PHONE.search(folded)),
        ("birth_dates", words & _BIRTH or "birth" in folded),
        ("names", _NAME.search(folded)),
        ("genders", words & _GENDER),
        ("cookies", _is_cookie(key, folded, words)),
        ("secrets", words & _SECRET or folded in _SECRET),
        ("addresses", words & _ADDRESS or folded in _ADDRESS),
        ("user_ids", words & _LOGIN or folded in _LOGIN),
    ):
        if found:
            return kind
    return ""


def _is_cookie(key: str, folded: str, words: set[str]) -> bool:
    if key in _NO_COOKIE or "consent" in folded:
        return False
    return "cookie" in folded or bool(words & _COOKIE_KEYS) or key.lower().startswith(_COOKIE_START)


def _in_person(key: str, words: set[str]) -> ParameterKind | None:
    """The kind of a person's property: the reference's, that of a similar name, or the general kind."""
    near = _NEAR_USER.find(key) if key not in USER_SCHEMA else key
    if near is not None:
        kind = USER_SCHEMA[near]
        return ParameterKind(kind, "person") if kind else None
    if words & _OWN_NAME:
        return ParameterKind("names", "person")
    if words & _ID:
        return ParameterKind("user_ids", "person")
    return ParameterKind("user_properties", "person")
