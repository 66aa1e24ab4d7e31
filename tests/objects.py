"""An S3-compatible store for tests: moto's server, started once, and a bad line to it."""

from __future__ import annotations

import logging
import socket
import threading
import urllib.request
from collections.abc import Callable
from types import TracebackType

from moto.server import ThreadedMotoServer

from earwitness.store.bucket import Bucket

KEY, SECRET = "AKCANARYKEY", "canary-secret"


class ObjectServer:
    """A server on this machine; every bucket is new."""

    def __init__(self) -> None:
        logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._count = 0

    def __enter__(self) -> ObjectServer:
        self._server.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.stop()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.get_host_and_port()[1])

    @property
    def url(self) -> str:
        """Its endpoint."""
        return f"http://127.0.0.1:{self.port}"

    def new_bucket(self, *, endpoint: str | None = None, private: bool = False) -> Bucket:
        """Make a bucket that nobody used; patience is short in tests."""
        self._count += 1
        name = f"bucket-{self._count}"
        request = urllib.request.Request(f"{self.url}/{name}", method="PUT")
        urllib.request.urlopen(request).close()
        return Bucket(
            name,
            "pre/fix",
            endpoint or self.url,
            "us-east-1",
            KEY,
            SECRET,
            private=private,
            timeout_s=2.0,
            retry_first_s=0.01,
        )


Gate = Callable[[bytes], bytes | None]
"""What is done with the first bytes of a request: an answer in its place, or None to pass it on."""


class BadLine:
    """Stands between a client and a server, one request per connection. `gate` says what goes by.

    `cut_after` ends answers after so many bytes; `mute` keeps them back until the line is closed.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self._server = socket.create_server(("127.0.0.1", 0))
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []
        self.gate: Gate = lambda _head: None
        self.cut_after: int | None = None
        self.mute = False
        self.requests: list[bytes] = []
        self._thread = threading.Thread(target=self._accept)

    @property
    def url(self) -> str:
        """The endpoint for clients."""
        return f"http://127.0.0.1:{self._server.getsockname()[1]}"

    def __enter__(self) -> BadLine:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join()
        for thread in self._threads:
            thread.join()

    def down(self) -> None:
        """Every request is answered with a fault of the server's."""
        self.gate = lambda _head: answer(503, "ServiceUnavailable")

    def up(self) -> None:
        """Requests go by again."""
        self.gate = lambda _head: None

    def count(self, method: bytes) -> int:
        """How many requests of a method came in."""
        return sum(head.startswith(method) for head in self.requests)

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._carry, args=(client,))
            thread.start()
            self._threads.append(thread)

    def _carry(self, client: socket.socket) -> None:
        with client:
            try:
                request = _whole(client)
                head = request.partition(b"\r\n")[0]
                self.requests.append(head)
                if self.mute:
                    self._closing.wait()
                    return
                answer = self.gate(request)
                if answer is None:
                    answer = self._pass_on(request)
                client.sendall(answer if self.cut_after is None else answer[: self.cut_after])
            except OSError:
                return

    def _pass_on(self, request: bytes) -> bytes:
        head, _, body = request.partition(b"\r\n\r\n")
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection")]
        with socket.create_connection(("127.0.0.1", self._target)) as server:
            server.sendall(b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n" + body)
            answer = bytearray()
            while block := server.recv(1 << 16):
                answer += block
        return bytes(answer)


def answer(status: int, code: str = "") -> bytes:
    """An answer of S3's, whole."""
    body = f"<Error><Code>{code}</Code><Message>canary {KEY}</Message></Error>".encode()
    head = f"HTTP/1.1 {status} Told\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


def _whole(client: socket.socket) -> bytes:
    """A request with its body."""
    data = bytearray()
    while b"\r\n\r\n" not in data:
        block = client.recv(1 << 16)
        if not block:
            raise ConnectionResetError
        data += block
    head, _, body = bytes(data).partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        block = client.recv(1 << 16)
        if not block:
            raise ConnectionResetError
        body += block
    return head + b"\r\n\r\n" + body
