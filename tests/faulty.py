"""A transcription service for tests: real HTTP on this machine, with the faults it is told."""

from __future__ import annotations

import io
import json
import ssl
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType

import av
from av.container import InputContainer


@dataclass(frozen=True)
class Call:
    """One request, as it came in.

    Attributes:
        number: 0, 1, 2, ...
        path: Of the address.
        headers: With lower-case names.
        fields: Of the form, without the file.
        file_name: Of the sound.
        sound: Its bytes.
        asked: What was sent as JSON, where it was no form.
    """

    number: int
    path: str
    headers: Mapping[str, str]
    fields: Mapping[str, list[str]]
    file_name: str
    sound: bytes
    asked: Mapping[str, object] = field(default_factory=dict)

    @property
    def length_ms(self) -> int:
        """Of the sound, decoded."""
        with av.open(io.BytesIO(self.sound)) as container:
            assert isinstance(container, InputContainer)
            rate = container.streams.audio[0].rate
            samples = sum(int(frame.samples) for frame in container.decode(audio=0))
        return samples * 1000 // rate


@dataclass(frozen=True)
class Reply:
    """What is sent back.

    Attributes:
        status: HTTP status.
        body: As it is.
        headers: More of them.
        cut: The connection ends in the middle of the body.
        late: Nothing is sent before the service is closed.
        drips: A byte now and then, so that something always comes and it never ends.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    late: bool = False
    drips: bool = False


def told(value: object, status: int = 200, **headers: str) -> Reply:
    """A reply in JSON; `retry_after="3"` becomes a header."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(status, json.dumps(value).encode(), named)


def refused(status: int, code: str = "bad_thing", **headers: str) -> Reply:
    """An error in the form OpenAI gives it."""
    return told({"error": {"message": "secret: sk-canary", "code": code}}, status, **headers)


def spoken(call: Call) -> Reply:
    """A word on every half second of sound, as OpenAI tells it: punctuation in the text only."""
    count = max(1, call.length_ms // 500)
    words = [
        {"word": f"word{number}", "start": number / 2, "end": number / 2 + 0.4}
        for number in range(count)
    ]
    text = ", ".join(str(word["word"]) for word in words) + "."
    return told({"text": text, "language": "english", "words": words})


class FaultyService:
    """A server in a thread; a context manager. `plan` says what each call is answered.

    Whoever looks is told which `models` there are.
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.plan: Callable[[Call], Reply] = spoken
        self.models: tuple[str, ...] = ()
        self.looked: list[str] = []
        self.looked_status = 200
        self._scheme = "http"
        self.busy = self.busiest = 0
        self.arrived = threading.Condition()
        self.closing = threading.Event()
        service = self

        class Answers(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.answer(self, body)

            def do_GET(self) -> None:
                service.looked.append(self.path)
                rows = [{"id": name, "object": "model"} for name in service.models]
                _send(self, told({"object": "list", "data": rows}, service.looked_status))

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = _Server(("127.0.0.1", 0), Answers)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}
        )

    @property
    def url(self) -> str:
        """Up to its /v1."""
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}/v1"

    def seal(self, certificate: Path) -> None:
        """Speak TLS from now on, with the certificate and key in this file."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self._scheme = "https"

    def __enter__(self) -> FaultyService:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait_for_calls(self, count: int) -> None:
        """Until so many have come in."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.calls) >= count, timeout=20)

    def _drip(self, request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "1000000")
        request.end_headers()
        while not self.closing.wait(0.05):
            request.wfile.write(b" ")
            request.wfile.flush()

    def answer(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        with self.arrived:
            call = _read(len(self.calls), request, body)
            self.calls.append(call)
            self.busy += 1
            self.busiest = max(self.busiest, self.busy)
            self.arrived.notify_all()
        reply = self.plan(call)
        with self.arrived:
            self.busy -= 1
        if reply.late:
            self.closing.wait()
            request.close_connection = True
            return
        try:
            if reply.drips:
                self._drip(request)
            _send(request, reply)
        except OSError:
            request.close_connection = True


class _Server(ThreadingHTTPServer):
    """Says nothing of connections that a client ends, which is what some tests are about."""

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def _read(number: int, request: BaseHTTPRequestHandler, body: bytes) -> Call:
    headers = {key.lower(): value for key, value in request.headers.items()}
    if headers["content-type"].startswith("application/json"):
        return Call(number, request.path, headers, {}, "", b"", json.loads(body))
    kind = request.headers["Content-Type"].encode()
    form = message_from_bytes(b"Content-Type: " + kind + b"\r\n\r\n" + body)
    fields: dict[str, list[str]] = {}
    name, sound = "", b""
    for part in form.get_payload():
        assert not isinstance(part, str)
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes)
        if part.get_filename():
            name, sound = str(part.get_filename()), payload
        else:
            key = str(part.get_param("name", header="content-disposition"))
            fields.setdefault(key, []).append(payload.decode())
    return Call(number, request.path, headers, fields, name, sound)


def _send(request: BaseHTTPRequestHandler, reply: Reply) -> None:
    request.send_response(reply.status)
    for name, value in reply.headers.items():
        request.send_header(name, value)
    length = len(reply.body) + (100 if reply.cut else 0)
    request.send_header("Content-Length", str(length))
    request.end_headers()
    request.wfile.write(reply.body)
    if reply.cut:
        request.close_connection = True
