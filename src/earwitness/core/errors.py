"""The error tree: every failure a person can meet, with its exit code and what to do about it.

    EarwitnessError                1   anything below, and what has no better place
    |-- UsageError                 2   the request makes no sense (also a ValueError)
    |-- SourceNotFound             4   no such file (also a FileNotFoundError)
    |   `-- NoSound                4   the session was imported without a recording
    |-- UnsupportedSource          5   a file, but nothing we can read (also a ValueError)
    |-- EngineUnavailable          6   an engine, model or device is not there
    |   `-- LanguageRefused        6   the engine does not know the language
    |-- EngineError                7   an engine failed while working
    |   `-- ServiceError           7   a service answered with an error, or not at all
    |       `-- CircuitBreakerOpenError  7   it failed so often that it is not asked for a while
    |-- StoreError                 8   the library cannot be read or written
    |   |-- CorruptStore           8   broken or foreign data in the library
    |   |-- NewerStore             8   the library was written by a newer version
    |   |-- DiskFull               9   no space left; what was done is kept
    |   `-- ArtifactsUnavailable   8   the store of artifacts cannot be used just now
    |-- NotFound                  10   no such session (also a LookupError)
    |-- EditConflict              11   somebody else changed it meanwhile; both sides are told
    |-- NotCompleted              12   it is still being worked on and cannot be corrected yet
    |-- NotAllowed                13   it is another's, and the user may not touch it
    `-- Cancelled                130   stopped on request; can be continued

Exit code 0 is done or degraded; 3 is degraded under `--strict`.
"""

from __future__ import annotations

from typing import Literal

DEGRADED_EXIT = 3

Fault = Literal[
    "network", "rate_limit", "quota", "auth", "server", "client", "answer", "open", "closed"
]
"""What kind of failure a service had; `core.retry` says what is done about each."""


class EarwitnessError(Exception):
    """A failure with a hint: `str(error)` is one line, `hint` says what to do.

    Neither ever holds what was said, or a person's name.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(EarwitnessError, ValueError):
    """The request makes no sense."""

    exit_code = 2


class SourceNotFound(EarwitnessError, FileNotFoundError):
    """There is no such file."""

    exit_code = 4


class NoSound(SourceNotFound):
    """The session was imported without a recording, so there is nothing to listen to."""


class UnsupportedSource(EarwitnessError, ValueError):
    """The file holds no audio, or no transcript, that can be read."""

    exit_code = 5


class EngineUnavailable(EarwitnessError):
    """An engine, its model or its device is not there."""

    exit_code = 6


class LanguageRefused(EngineUnavailable):
    """The engine does not know the language; it would invent text."""


class EngineError(EarwitnessError):
    """An engine failed while it worked."""

    exit_code = 7


class ServiceError(EngineError):
    """A service answered with an error, or not at all.

    Attributes:
        fault: What kind of failure it was.
        status: HTTP status; None when there was no answer.
        retry_after_s: How long the service asked to be left alone; None when it did not say.
        final: True when no other request will do better: nothing more is sent.
    """

    def __init__(
        self,
        message: str,
        *,
        fault: Fault,
        hint: str = "",
        status: int | None = None,
        retry_after_s: float | None = None,
        final: bool = False,
    ) -> None:
        super().__init__(message, hint=hint)
        self.fault: Fault = fault
        self.status = status
        self.retry_after_s = retry_after_s
        self.final = final


class CircuitBreakerOpenError(ServiceError):
    """A service failed so often in a row that it is left alone for a while; it was not asked.

    Attributes:
        retry_in_s: When it is asked again, at the earliest.
    """

    def __init__(self, message: str, *, retry_in_s: float, hint: str = "") -> None:
        super().__init__(message, fault="open", hint=hint)
        self.retry_in_s = retry_in_s


class StoreError(EarwitnessError):
    """The library cannot be read or written."""

    exit_code = 8


class CorruptStore(StoreError):
    """Broken or foreign data in the library; never replaced by an empty default."""


class NewerStore(StoreError):
    """The library was written by a newer version of Earwitness."""


class DiskFull(StoreError):
    """No space left; what was done is kept."""

    exit_code = 9


class ArtifactsUnavailable(StoreError):
    """The store of artifacts cannot be used just now: out of reach, or it refuses.

    Attributes:
        fault: What kind of failure it was.
        status: HTTP status; None when there was no answer.
    """

    def __init__(
        self, message: str, *, fault: Fault, hint: str = "", status: int | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.fault: Fault = fault
        self.status = status


class NotFound(EarwitnessError, LookupError):
    """No such session, run or blob."""

    exit_code = 10


class EditConflict(EarwitnessError):
    """What was to be corrected is not what the editor saw; nothing was changed.

    Attributes:
        expected: What the editor saw. This, like `found`, may be what was said: not for logs.
        found: What stands there now.
    """

    exit_code = 11

    def __init__(
        self, message: str, *, hint: str = "", expected: object = None, found: object = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.expected = expected
        self.found = found


class NotCompleted(EarwitnessError):
    """It is still being worked on, so it cannot be corrected yet."""

    exit_code = 12


class NotAllowed(EarwitnessError):
    """It is another's, and the user may not touch it."""

    exit_code = 13


class Cancelled(EarwitnessError):
    """Stopped on request; the run can be continued."""

    exit_code = 130
