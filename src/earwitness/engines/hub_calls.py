"""What is asked of the model hub: by the retry policy, behind a breaker, and never without end.

The hub's own package has time limits for single requests. A fetch as a whole may take hours; it is
given up when nothing has come for `STALL_S`.
"""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, cast
from urllib.parse import urlsplit

from earwitness.core.errors import CircuitBreakerOpenError, EngineUnavailable, Fault, ServiceError
from earwitness.core.retry import read_retry_after
from earwitness.core.services import Dependency, Services
from earwitness.engines.service import Pulse, Service

Progress = Callable[[int, int], None]
"""Told bytes fetched and bytes in all (0: not known yet); raises to stop. Called from threads."""

STALL_S: Final = 600.0
"""Longer than the largest block that the hub's package reads at once takes on a slow line."""

NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})

_AWAY: Final = frozenset({
    errno.ECONNREFUSED, errno.ECONNRESET, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN,
    errno.ETIMEDOUT, errno.EPIPE, errno.ECONNABORTED,
})  # fmt: skip
_BY_STATUS: Final[dict[int, Fault]] = {
    401: "auth", 403: "auth", 408: "network", 429: "rate_limit",
}  # fmt: skip


def hub() -> Dependency:
    """The hub that the hub's own package is pointed to."""
    from huggingface_hub import constants

    return Dependency("hub", urlsplit(str(constants.ENDPOINT)).netloc.rpartition("@")[2])


def fetched(
    repo: str,
    files: tuple[str, ...],
    services: Services,
    *,
    token: str | bool | None,
    cache: Path | None,
    on_progress: Progress | None = None,
) -> Path:
    """The folder of a repository's files, as far as they match; what is there is not fetched.

    Raises:
        EngineUnavailable: The hub is left alone, or has stopped sending.
        Exception: What the hub's package raised at last, or `on_progress`.
    """
    from huggingface_hub import constants, snapshot_download

    constants.HF_HUB_DISABLE_TELEMETRY = True
    pulse = Pulse()

    def attempt() -> Path:
        try:
            return Path(
                snapshot_download(
                    repo,
                    cache_dir=cache,
                    allow_patterns=list(files),
                    token=token,
                    tqdm_class=_bar(on_progress, pulse),
                )
            )
        except hub_errors() as error:
            failure = failure_of(error)
            if failure is None:
                raise
            raise failure from error

    breaker = services.breaker(hub(), limit_s=STALL_S)
    service = Service("the model hub", breaker, limit_s=STALL_S, pause=services.pause)
    try:
        return service.call(attempt, pulse)
    except ServiceError as error:
        failure = error
    finally:
        service.close()
        pulse.stop()
    if isinstance(failure.__cause__, Exception):
        raise failure.__cause__  # with its own cause, which says more
    raise EngineUnavailable(f"{failure}, so {repo} cannot be fetched", hint=_hint(failure)) from (
        failure
    )


def hub_errors() -> tuple[type[Exception], ...]:
    """All that the hub's package raises.

    The base of its errors is the HTTP client's own, whichever one this version uses; its fast
    transfer library raises RuntimeError.
    """
    from huggingface_hub import errors

    client_error = cast(type[Exception], errors.HfHubHTTPError.__bases__[0])
    return (client_error, OSError, RuntimeError, errors.HFValidationError)


def failure_of(error: Exception) -> ServiceError | None:
    """What kind of failure of the hub an error stands for; None: it is none of the hub's."""
    from huggingface_hub import errors

    cause: BaseException | None = error
    if isinstance(error, errors.LocalEntryNotFoundError) and error.__cause__ is not None:
        cause = error.__cause__
    if isinstance(cause, errors.HFValidationError | errors.OfflineModeIsEnabled):
        return None  # nothing was sent
    response = getattr(cause, "response", None)
    status = getattr(response, "status_code", None)
    if status is None:
        if isinstance(cause, OSError) and cause.errno is not None and cause.errno not in _AWAY:
            return None  # this machine's own: no room, no permission
        return ServiceError("the model hub cannot be reached", fault="network")
    fault = _BY_STATUS.get(int(status), "server" if status >= 500 else "client")
    asked = getattr(response, "headers", {}).get("retry-after")
    return ServiceError(
        f"the model hub said {status}",
        fault=fault,
        status=int(status),
        retry_after_s=read_retry_after(asked, datetime.now(UTC)),
    )


def _hint(error: ServiceError) -> str:
    if isinstance(error, CircuitBreakerOpenError):
        return f"the same command in {max(1, round(error.retry_in_s))} s; or give a model's folder"
    return "the same command goes on where it stopped; or give a model's folder"


def _bar(on_progress: Progress | None, pulse: Pulse) -> type:
    """A progress bar that shows nothing and tells the bytes, as signs of life too.

    The hub's package keeps one bar for what it received and one for what it wrote; the one that
    is ahead is told, so that the figure never falls.
    """
    from tqdm import tqdm  # type: ignore[import-untyped]

    bars: list[Bar] = []
    one_at_a_time = threading.Lock()

    class Bar(tqdm):  # type: ignore[misc]  # tqdm carries no types
        def __init__(
            self, *args: object, initial: float = 0, total: float | None = None, **options: object
        ) -> None:
            super().__init__(*args, total=total, disable=True)
            self.n = initial
            self.total = total
            if options.get("unit") == "B":
                bars.append(self)

        def update(self, more: float | None = 1) -> None:
            """Count, which a bar that is off does not do by itself."""
            pulse.beat()
            with one_at_a_time:
                self.n += more or 0
                if on_progress is not None and self in bars:
                    done = max(int(bar.n) for bar in bars)
                    on_progress(done, max(done, *(int(bar.total or 0) for bar in bars)))

    return Bar
