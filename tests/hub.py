"""A small model hub of our own on this machine, for tests of fetching."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar, TypeVar

import pytest
from huggingface_hub import constants

COMMIT = "c0ffee" + "0" * 34


class Hub(BaseHTTPRequestHandler):
    """Speaks HTTP; what it answers is its children's affair.

    Attributes:
        files: Of each of its models.
        asked: What came with each request; empty at the beginning of each test.
    """

    files: ClassVar[Mapping[str, bytes]] = {}
    asked: ClassVar[list[tuple[str, str]]] = []

    def do_HEAD(self) -> None:
        self.answer()

    def do_GET(self) -> None:
        self.answer()

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet."""

    def answer(self) -> None:
        raise NotImplementedError

    def send(self, body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for key, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def give(self, name: str) -> None:
        headers = {"ETag": f'"{self._oid(name)}"', "X-Repo-Commit": COMMIT}
        self.send(self.files[name], headers=headers)

    def tree(self) -> list[dict[str, object]]:
        """The files as the hub lists them."""
        return [
            {"type": "file", "path": name, "size": len(body), "oid": self._oid(name)}
            for name, body in self.files.items()
        ]

    def _oid(self, name: str) -> str:
        return hashlib.sha1(self.files[name]).hexdigest()


Kind = TypeVar("Kind", bound=Hub)


@contextmanager
def serving(kind: type[Kind], monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Kind]]:
    """A hub that the hub's own package is pointed to."""
    handler = type("OneHub", (kind,), {"asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    point_to(monkeypatch, f"http://127.0.0.1:{server.server_port}")
    yield handler
    server.shutdown()
    thread.join()
    server.server_close()


def point_to(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    monkeypatch.setattr(constants, "ENDPOINT", endpoint)
    template = endpoint + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
