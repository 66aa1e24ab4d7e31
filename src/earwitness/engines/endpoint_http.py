"""One request to an audio endpoint: sent, read within bounds, and its failures told apart.

No redirect is followed: the key and the sound would go where nobody said they may. What a service
says in its errors is not repeated, because it may hold the key or what was said; its error code is.
"""

from __future__ import annotations

import json
import re
import socket
import ssl
import weakref
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

import httpx2

from earwitness.core.errors import Fault, ServiceError
from earwitness.core.retry import read_retry_after
from earwitness.engines.endpoint_form import Address
from earwitness.engines.endpoint_usage import Asking

CONNECT_S: Final = 10.0
ANSWER_BYTES: Final = 4_000_000
"""An answer is never longer: half an hour of words with their times is a tenth of it."""

_QUOTA: Final = re.compile(r"quota|billing|credit|payment", re.IGNORECASE)
_CODE: Final = re.compile(r"[a-z][a-z_]{1,40}")
_KEY_HINT: Final = "set EARWITNESS_OPENAI_API_KEY to a key of {host}"


class Line:
    """Connections to one service; threads share it."""

    def __init__(self, address: Address, key: str | None, timeout_s: float) -> None:
        """Nothing is connected before the first request."""
        self._address = address
        self._client = httpx2.Client(
            headers={"Accept-Encoding": "identity"}
            | ({"Authorization": f"Bearer {key}"} if key else {}),
            timeout=httpx2.Timeout(timeout_s, connect=min(CONNECT_S, timeout_s)),
            follow_redirects=False,
            # A transport of its own reads no proxies from the environment: what stays on this
            # machine must not take the way through one.
            transport=httpx2.HTTPTransport() if address.loopback else None,
        )
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()

    def post(
        self,
        path: str,
        fields: Mapping[str, str | list[str]],
        file: tuple[str, bytes, str],
        *,
        asking: Asking | None = None,
    ) -> object:
        """Send a form with a file.

        Args:
            path: Below the address.
            fields: Of the form.
            file: Its name, bytes and kind.
            asking: Told what is sent and what comes back.

        Returns:
            The JSON of the answer.

        Raises:
            ServiceError: Anything else came back, or nothing.
        """
        try:
            with self._client.stream(
                "POST",
                self._address.url + path,
                data=fields,
                files={"file": file},
                extensions={"trace": self._trace},
            ) as response:
                _sent(asking, response.request)
                body = self._body(response)
        except httpx2.TransportError as error:
            raise self._unreached(error) from error
        except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL) as error:
            raise self._failed("answer", f"sent no readable answer ({type(error).__name__})") from (
                error
            )
        if asking is not None:
            asking.received_bytes += len(body)
        if response.status_code != httpx2.codes.OK:
            raise refusal(self._address.host, response.status_code, response.headers, body)
        try:
            told: object = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise self._failed("answer", "answered with something that is not JSON") from error
        if asking is not None:
            asking.answers.append(told)
        return told

    def close(self) -> None:
        """End all connections, in the middle of whatever they do."""
        for each in list(self._sockets):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        self._client.close()

    def _trace(self, event: str, info: Mapping[str, object]) -> None:
        """Remember each connection's socket: closing one does not wake those who read from it."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            stream = info["return_value"]
            assert hasattr(stream, "get_extra_info")
            found = stream.get_extra_info("socket")
            if isinstance(found, socket.socket):
                self._sockets.add(found)

    def _body(self, response: httpx2.Response) -> bytes:
        body = bytearray()
        for block in response.iter_raw():
            body += block
            if len(body) > ANSWER_BYTES:
                raise self._failed("answer", "sent an answer without end")
        return bytes(body)

    def _unreached(self, error: httpx2.TransportError) -> ServiceError:
        host = self._address.host
        if _bad_certificate(error):
            return ServiceError(
                f"{host} showed a certificate that is not trusted here",
                fault="client",
                hint="SSL_CERT_FILE names certificates of your own",
                final=True,
            )
        if isinstance(error, httpx2.TimeoutException):
            return self._failed("network", "did not answer in time")
        if isinstance(error, httpx2.ConnectError | httpx2.ProxyError):
            return self._failed("network", "cannot be reached", hint="is it running, and base_url?")
        if isinstance(error, httpx2.UnsupportedProtocol | httpx2.LocalProtocolError):
            return self._failed("client", "cannot be asked with this key or address")
        return self._failed("network", "broke the connection off")

    def _failed(self, fault: Fault, what: str, hint: str = "") -> ServiceError:
        return ServiceError(f"{self._address.host} {what}", fault=fault, hint=hint)


def _sent(asking: Asking | None, request: httpx2.Request) -> None:
    length = request.headers.get("content-length", "")
    if asking is not None and length.isdecimal():
        asking.sent_bytes += int(length)


def refusal(host: str, status: int, headers: Mapping[str, str], body: bytes) -> ServiceError:
    """The error that an answer other than 200 stands for.

    Args:
        host: Who answered.
        status: HTTP status.
        headers: With lower-case names.
        body: Searched for an error code.
    """
    code = error_code(body)
    shown = f"{status}, {code}" if code else str(status)
    fault, hint, final = _judged(host, status, code, headers)
    return ServiceError(
        f"{host} refused the request ({shown})" if status < 500 else f"{host} failed ({shown})",
        fault=fault,
        hint=hint,
        status=status,
        retry_after_s=read_retry_after(headers.get("retry-after"), datetime.now(UTC)),
        final=final,
    )


def _judged(
    host: str, status: int, code: str, headers: Mapping[str, str]
) -> tuple[Fault, str, bool]:
    """Which fault a status is, what to do, and whether all other requests will end like it."""
    if status == 402 or (status == 429 and _QUOTA.search(code)):
        return "quota", f"the account at {host} has no credit left; see its billing page", True
    if status in (401, 403):
        return "auth", _KEY_HINT.format(host=host), True
    if 300 <= status < 400:
        to = urlsplit(headers.get("location", "")).hostname or "elsewhere"
        return "client", f"it points {to}; if you trust that, make it the base_url", True
    by_status: dict[int, tuple[Fault, str, bool]] = {
        404: ("client", "no such model or path: base_url ends with /v1 as a rule", True),
        405: ("client", "nothing takes sound there: base_url ends with /v1 as a rule", True),
        408: ("network", "", False),
        413: ("client", "let the service take files of 1 MB", False),
        429: ("rate_limit", "a smaller concurrency", False),
        501: ("client", "", False),
    }
    return by_status.get(status, ("server" if status >= 500 else "client", "", False))


def error_code(body: bytes) -> str:
    """The error's code or type, when it is a plain word; empty otherwise."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    error = told.get("error") if isinstance(told, dict) else None
    if isinstance(error, dict):
        for name in ("code", "type"):
            code = error.get(name)
            if isinstance(code, str) and _CODE.fullmatch(code):
                return code
    return ""


def _bad_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
