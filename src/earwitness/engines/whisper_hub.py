"""The model hub: whether it answers, and fetching a Whisper model from it once."""

from __future__ import annotations

import logging
import ssl
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import Final

from earwitness.core.errors import CircuitBreakerOpenError, DiskFull, EngineUnavailable
from earwitness.core.services import Services
from earwitness.engines.hub_calls import NO_ROOM, Progress, fetched, hub, hub_errors
from earwitness.engines.whisper_models import Located, check_folder, locate

FILES: Final = (
    "config.json", "preprocessor_config.json", "model.bin", "tokenizer.json", "vocabulary.*"
)  # fmt: skip
ANSWER_S: Final = 3.0
"""How long the hub may take to answer before it counts as out of reach."""

_known: Final[dict[str, bool]] = {}
_one_question: Final = threading.Lock()
_LOG = logging.getLogger(__name__)


def pull(
    model: str,
    on_progress: Progress | None = None,
    *,
    cache: Path | None = None,
    token: str | None = None,
    services: Services | None = None,
) -> Path:
    """Fetch a model into the hub's cache, if it is not there yet.

    Args:
        model: Short name or hub id; a local folder is only checked.
        on_progress: Told how far it is; an exception it raises stops the fetch, which goes on
            from there next time.
        cache: The hub's cache folder; None: where the hub's own tools keep it.
        token: For models that ask for one.
        services: With the hub's breaker; None: the process's own.

    Returns:
        The folder of the model.

    Raises:
        EngineUnavailable: If there is no such model, or the hub cannot be reached.
        DiskFull: If there is no room for it.
    """
    located = locate(model, cache=cache)
    if located.path is not None:
        return located.path
    folder = _fetch(located, on_progress, cache, token, services or Services())
    check_folder(folder)
    return folder


def absent(name: str, *, offline: bool) -> EngineUnavailable:
    """The error for a model that is not here and cannot be fetched."""
    mend = f"earwitness models pull {name}"
    if offline:
        why = f"the Whisper model {name} is not on this machine, and nothing may be fetched"
        return EngineUnavailable(why, hint=mend)
    why = f"the Whisper model {name} is not on this machine, and the model hub cannot be reached"
    return EngineUnavailable(why, hint=f"connect and run: {mend}; or give a model's folder")


def hub_answers(services: Services) -> bool:
    """Whether the model hub can be reached; asked once per process, for `ANSWER_S` at most.

    A hub that was often away of late is not asked: its breaker says no.
    """
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return False
    endpoint = str(constants.ENDPOINT)
    with _one_question:
        if endpoint not in _known:
            _known[endpoint] = _asked(endpoint, services)
        return _known[endpoint]


def forget_answers() -> None:
    """Ask anew, as another process would."""
    _known.clear()


def _asked(endpoint: str, services: Services) -> bool:
    breaker = services.breaker(hub(), limit_s=ANSWER_S)
    try:
        era = breaker.enter()
    except CircuitBreakerOpenError:
        return False
    answered = threading.Event()

    def ask() -> None:
        if _answers(endpoint):
            answered.set()

    # Looking up a name has no time limit of its own, so it gets a thread that may be left behind.
    asking = threading.Thread(target=ask, name="ask-hub", daemon=True)
    asking.start()
    asking.join(ANSWER_S)
    breaker.leave(era, answered.is_set(), "network")
    return answered.is_set()


def _answers(endpoint: str) -> bool:
    question = urllib.request.Request(endpoint, method="HEAD")
    try:
        with urllib.request.urlopen(question, timeout=ANSWER_S):
            return True
    except urllib.error.HTTPError as answer:
        answer.close()
        return True
    except urllib.error.URLError as error:
        # The hub's client brings its own certificates: a host that speaks TLS is there.
        return isinstance(error.reason, ssl.SSLCertVerificationError)
    except OSError:
        return False


def _fetch(
    located: Located,
    on_progress: Progress | None,
    cache: Path | None,
    token: str | None,
    services: Services,
) -> Path:
    from huggingface_hub import errors

    _LOG.info("fetching the Whisper model %s", located.name)
    repo = located.repo or located.name
    try:
        return fetched(repo, FILES, services, token=token, cache=cache, on_progress=on_progress)
    except (errors.RepositoryNotFoundError, errors.RevisionNotFoundError) as error:
        raise EngineUnavailable(
            f"the model hub has no model {located.repo} for everyone",
            hint="check its id; some models ask for a token (setting hub_token)",
        ) from error
    except errors.HFValidationError as error:
        raise EngineUnavailable(
            f"{located.repo} is no id of a model", hint="ids look like owner/name"
        ) from error
    except errors.LocalEntryNotFoundError as error:
        if isinstance(error.__cause__, errors.HfHubHTTPError):  # it answered, but not with a file
            raise _broken_off(located, error.__cause__) from error
        raise absent(located.name, offline=False) from error
    except hub_errors() as error:
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            raise DiskFull(
                f"no room for the Whisper model {located.name}",
                hint=f"it needs about {located.size_mb} MB" if located.size_mb else "make room",
            ) from error
        raise _broken_off(located, error) from error


def _broken_off(located: Located, error: Exception) -> EngineUnavailable:
    return EngineUnavailable(
        f"fetching the Whisper model {located.name} broke off ({type(error).__name__})",
        hint=f"it goes on where it stopped: earwitness models pull {located.name}",
    )
