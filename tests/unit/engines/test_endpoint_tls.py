"""The endpoint engine over TLS: certificates are checked, and closing ends what hangs."""

from __future__ import annotations

import shutil
import subprocess
import threading
from pathlib import Path

import pytest
from tests.asking import Asking, failing
from tests.faulty import Reply

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not here")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody signed, with its key."""
    folder = tmp_path_factory.mktemp("tls")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    command += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(command, check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_text((folder / "key.pem").read_text() + (folder / "cert.pem").read_text())
    return both


@pytest.fixture
def sealed(bench: Asking, certificate: Path) -> Asking:
    bench.server.seal(certificate)
    return bench


def test_a_certificate_that_is_not_trusted_ends_it_at_once(sealed: Asking) -> None:
    error = failing(sealed, sealed.engine())
    assert (error.fault, error.final) == ("client", True)
    assert "SSL_CERT_FILE" in error.hint
    assert sealed.waits == []
    assert sealed.server.calls == []


def test_words_come_over_tls(
    sealed: Asking, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert sealed.hear(sealed.engine()) == "word0, word1, word2, word3."


def test_closing_ends_what_hangs_over_tls(
    sealed: Asking, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    sealed.server.plan = lambda _call: Reply(late=True)
    engine = sealed.engine(timeout_s=600)
    ended: list[str] = []
    thread = threading.Thread(target=lambda: ended.append(failing(sealed, engine).fault))
    thread.start()
    sealed.server.wait_for_calls(1)
    engine.close()
    thread.join(20)
    assert ended == ["closed"]
