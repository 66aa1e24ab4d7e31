"""What can be said to an endpoint, and where it is: on this machine, or elsewhere and encrypted."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import urlsplit

from earwitness.core.errors import UsageError
from earwitness.core.options import read_options

OPENAI: Final = "https://api.openai.com/v1"

_MOST: Final = {
    "concurrency": 64,
    "timeout_s": 3_600,
    "breaker_failures": 1_000,
    "breaker_reset_s": 3_600,
}


@dataclass(frozen=True, slots=True)
class EndpointForm:
    """Options of the endpoint alone."""

    base_url: str = field(
        default=OPENAI, metadata={"help": "where the service is, up to and with its /v1"}
    )
    concurrency: int = field(
        default=4, metadata={"help": "requests at the same time; never more than workers"}
    )
    timeout_s: int = field(default=120, metadata={"help": "longest time one request may take"})
    response_format: Literal["auto", "verbose_json", "json"] = field(
        default="auto",
        metadata={"help": "what is asked for; auto: the best that the service gives"},
    )
    sound: Literal["flac", "wav"] = field(
        default="flac", metadata={"help": "how sound is sent; wav if the service reads no other"}
    )
    allow_http: bool = field(
        default=False, metadata={"help": "send to another machine without encryption"}
    )
    breaker_failures: int | None = field(
        default=None,
        metadata={
            "help": "failures in a row after which the service is left alone; else the setting's"
        },
    )
    breaker_reset_s: int | None = field(
        default=None,
        metadata={
            "help": "seconds it is left alone, before one request tries again; else the setting's"
        },
    )

    def __post_init__(self) -> None:
        """Refuse numbers that make no sense, and an address that is none.

        Raises:
            UsageError: With what would do.
        """
        for name, most in _MOST.items():
            said = getattr(self, name)
            if said is not None and not 1 <= said <= most:
                raise UsageError(f"{name} cannot be {said}", hint=f"it is 1 to {most}")
        read_address(self.base_url)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a service is.

    Attributes:
        url: Without a slash at its end.
        host: With the port, where one is given; for people and for keys.
        name: The host alone.
        port: What is connected to.
        encrypted: It is https.
        loopback: It is this machine.
    """

    url: str
    host: str
    name: str
    port: int
    encrypted: bool
    loopback: bool

    @property
    def place(self) -> str:
        """Host and path, which tell services apart."""
        return self.url.partition("://")[2]


def read_form(said: Iterable[tuple[str, str]]) -> tuple[EndpointForm, Address]:
    """What was said, and where that is.

    Raises:
        UsageError: It makes no sense, or sound would go to another machine unencrypted.
    """
    form = read_options(EndpointForm, said)
    address = read_address(form.base_url)
    if not (address.encrypted or address.loopback or form.allow_http):
        raise UsageError(
            f"sound would go to {address.host} without encryption",
            hint="an https address; or allow_http=yes, if you trust the whole way there",
        )
    return form, address


def read_address(base_url: str) -> Address:
    """Take an address apart.

    Raises:
        UsageError: It is no http address, or holds more than a place.
    """
    try:
        parts = urlsplit(base_url.strip())
        name, port = parts.hostname, parts.port
    except ValueError:
        name, parts, port = None, urlsplit(""), None
    if not name or parts.scheme not in ("http", "https"):
        raise UsageError(
            "base_url is no address of a service", hint="such as http://127.0.0.1:8000/v1"
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise UsageError(
            "base_url holds more than a place",
            hint="the key is the setting openai_api_key; leave out what follows a ? or #",
        )
    encrypted = parts.scheme == "https"
    return Address(
        url=f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}",
        host=parts.netloc.lower(),
        name=name,
        port=port or (443 if encrypted else 80),
        encrypted=encrypted,
        loopback=_loopback(name),
    )


def _loopback(name: str) -> bool:
    """`localhost` (RFC 6761, 6.3) or a loopback address; no other name is looked up."""
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
