"""Seals tokens, so that whoever reads the database cannot speak as the bot."""

import base64
import binascii
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.errors import Problem, ProblemsError

NAME = "STORYBOT_SECRET_KEYS"
_MAKE_ONE = "Make one with “openssl rand -base64 32”."


class Seal:
    """The first key seals, every key opens (Fernet: AES-128-CBC with HMAC-SHA256)."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Each key is 32 bytes in base64, of either alphabet; ProblemsError tells what is wrong with them."""
        if not keys:
            what = "This environment variable is missing: tokens are kept only under a key."
            raise ProblemsError([Problem(NAME, None, what, _MAKE_ONE)])
        if problems := [_problem(position) for position, key in enumerate(keys, 1) if not _is_key(key)]:
            raise ProblemsError(problems)
        self._fernets = MultiFernet([Fernet(key.translate(_URL_SAFE)) for key in keys])

    def seal(self, secret: str) -> str:
        return self._fernets.encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        """ProblemsError when none of the keys opens it."""
        try:
            return self._fernets.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise _unopened() from None

    def again(self, sealed: str) -> str:
        """The same under the first key; ProblemsError when none of the keys opens it."""
        try:
            return self._fernets.rotate(sealed.encode()).decode()
        except InvalidToken:
            raise _unopened() from None


# OpenSSL writes + and / where Fernet's own alphabet has - and _.
_URL_SAFE = str.maketrans("+/", "-_")


def _is_key(key: str) -> bool:
    try:
        return len(base64.b64decode(key.translate(_URL_SAFE), altchars=b"-_", validate=True)) == 32
    except (binascii.Error, ValueError):
        return False


def _problem(position: int) -> Problem:
    return Problem(NAME, None, f"Its key number {position} is not 32 bytes in base64.", _MAKE_ONE)


def _unopened() -> ProblemsError:
    what = "A token in the database was sealed with a key that is not among these."
    mend = "Add the old key after the new one, with a comma between; “storybot rotate-keys” makes it needless."
    return ProblemsError([Problem(NAME, None, what, mend)])
