"""Addresses of databases, and how they may be shown: never with a password."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from analysis.errors import AnalysisError

# Kinds of database that are read, and the driver that SQLAlchemy takes for each. Others
# are not, as reading only cannot be promised there.
DRIVERS: Mapping[str, str] = {"postgresql": "postgresql+psycopg", "sqlite": "sqlite"}
# Holds the password, so that it stands neither in a command nor in a file.
PASSWORD_VARIABLE = "CAIRN_DATABASE_PASSWORD"
KEYRING_SERVICE = "cairn"


@dataclass(frozen=True)
class Address:
    """Where a database is. What is printed of it holds no password."""

    url: str = field(repr=False)

    @property
    def kind(self) -> str:
        """postgresql, sqlite, …"""
        return urlsplit(self.url).scheme.split("+")[0].lower()

    @property
    def shown(self) -> str:
        """The address for messages: no password, no options, which may hold one."""
        parts = urlsplit(self.url)
        user, _, place = parts.netloc.rpartition("@")
        name = user.split(":")[0]
        return f"{self.kind}://{name}{'@' if name else ''}{place}{parts.path}"

    @property
    def password(self) -> str:
        """The password that stands in the address, if one does."""
        return unquote(urlsplit(self.url).password or "")


def is_address(text: str) -> bool:
    """Whether --raw names a database rather than a folder."""
    return "://" in text


def address_of(text: str) -> Address:
    """The address, checked. Raises AnalysisError for what is not read."""
    address = Address(text)
    try:
        shown = address.shown
        _ = urlsplit(text).port
    except ValueError:
        raise AnalysisError(
            "The address of the database cannot be read. It looks like "
            "postgresql://user@host:5432/name or sqlite:///folder/file.db; signs such "
            "as / or @ in a name are written as %2F, %40."
        ) from None
    if address.kind not in DRIVERS:
        raise AnalysisError(
            f"{shown}: databases of this kind are not read, only "
            f"{' and '.join(DRIVERS)}. Export its tables as CSV instead."
        )
    return address


def password_of(address: Address, environment: Mapping[str, str]) -> str:
    """The password: of the environment, else the keyring, else of the address.

    "" leaves it to PostgreSQL's own ways: PGPASSWORD, ~/.pgpass, certificates.
    """
    given = environment.get(PASSWORD_VARIABLE, "")
    if given or address.kind == "sqlite":
        return given
    return address.password or _of_keyring(address.shown)


def _of_keyring(shown: str) -> str:
    """The password kept under service "cairn" and the address as it is shown."""
    if importlib.util.find_spec("keyring") is None:
        return ""
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(KEYRING_SERVICE, shown) or ""
    except KeyringError:
        return ""  # no keyring on this machine: most servers have none
