"""Tells properties that are named like a password or another secret, in several languages. Pure."""

from functools import lru_cache
from typing import Final

from events.verdict.places import words_of

_CACHED_NAMES: Final = 4_096
_LONGEST_NAME: Final = 100  # characters


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


#: Words that mean a secret at the end of a name: English, French, German, Spanish and Portuguese, Dutch,
#: Nordic, Polish, Czech, Hungarian, Turkish, Finnish, Russian, Estonian, Greek, Chinese, Japanese, Korean.
_WORDS: Final = _set(
    "password passwords passwd passwort pwd pword passphrase passcode secret mdp motdepasse kennwort "
    "contraseña contrasena contrasenia senha wachtwoord lösenord losenord passord adgangskode kodeord hasło "
    "haslo heslo jelszó jelszo şifre sifre salasana пароль parool lozinka κωδικός 密码 密碼 パスワード "
    "비밀번호 cvv cvc"
)
#: Names that mean a secret as a whole: as a part of a name these words mean other things, too.
_NAMES: Final = _set("pass userpass clave parola geheim geheimnis pincode")
#: Ends of names that mean a secret, their words written together.
_ENDS: Final = (
    *("motdepasse", "motpasse", "passphrase", "passcode", "palavrapasse", "parolachiave"),
    *("privatekey", "secretkey", "accesstoken", "refreshtoken", "authtoken", "bearertoken", "sessiontoken"),
)
#: Words after which a name still means the secret itself.
_AFTER: Final = _set(
    "confirm confirmation repeat repeated again retype new old current plain hash hashed value text input "
    "field md sha key"
)
#: Words before which it is only about one.
_ABOUT: Final = _set("has is forgot forgotten reset lost change no without show")


@lru_cache(_CACHED_NAMES)
def _is_secret(name: str) -> bool:
    words = words_of(name)
    if not words or words[0] in _ABOUT:
        return False
    if "".join(words) in _NAMES or "".join(words).endswith(_ENDS):
        return True
    while len(words) > 1 and words[-1] in _AFTER:
        words.pop()
    return words[-1] in _WORDS or "".join(words).endswith(_ENDS)


def is_secret(name: str) -> bool:
    """Whether a property called ``name`` holds a password or another secret."""
    return len(name) <= _LONGEST_NAME and _is_secret(name)
