"""Labels of the personal-data kinds, for the forms that choose which kinds to mask."""

from typing import Final

KIND_WORDS: Final = {
    "user_ids": "User identifiers",
    "emails": "E-mail addresses",
    "phones": "Phone numbers",
    "names": "Names",
    "addresses": "Addresses",
    "birth_dates": "Birth dates",
    "genders": "Gender",
    "hashes": "Hashes",
    "cookies": "Cookies",
    "secrets": "Passwords and tokens",
    "ip_addresses": "IP addresses",
    "user_properties": "Everything else about the user",
}
