"""The model hub: whether it answers, and fetching a Whisper model from it once."""

from __future__ import annotations

import errno
import logging
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Final, cast

from earwitness.core.errors import DiskFull, EngineUnavailable
from earwitness.engines.whisper_models import Located, check_folder, locate

Progress = Callable[[int, int], None]
"""Told bytes fetched and bytes in all (0: not known yet); raises to stop. Called from threads."""

FILES: Final = (
    "config.json", "preprocessor_config.json", "model.bin", "tokenizer.json", "vocabulary.*"
)  # fmt: skip
ANSWER_S: Final = 3.0
"""How long the hub may take to answer before it counts as out of reach."""

_LOG = logging.getLogger(__name__)


def pull(
    model: str,
    on_progress: Progress | None = None,
    *,
    cache: Path | None = None,
    token: str | None = None,
) -> Path:
    """Fetch a model into the hub's cache, if it is not there yet.

    Args:
        model: Short name or hub id; a local folder is only checked.
        on_progress: Told how far it is; an exception it raises stops the fetch, which goes on
            from there next time.
        cache: The hub's cache folder; None: where the hub's own tools keep it.
        token: For models that ask for one.

    Returns:
        The folder of the model.

    Raises:
        EngineUnavailable: If there is no such model, or the hub cannot be reached.
        DiskFull: If there is no room for it.
    """
    located = locate(model, cache=cache)
    if located.path is not None:
        return located.path
    folder = _fetch(located, on_progress, cache, token)
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


@lru_cache(maxsize=1)
def hub_answers() -> bool:
    """Whether the model hub can be reached; asked once per process, for `ANSWER_S` at most."""
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return False
    answered = threading.Event()

    def ask() -> None:
        if _answers(str(constants.ENDPOINT)):
            answered.set()

    # Looking up a name has no time limit of its own, so it gets a thread that may be left behind.
    asking = threading.Thread(target=ask, name="ask-hub", daemon=True)
    asking.start()
    asking.join(ANSWER_S)
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
    located: Located, on_progress: Progress | None, cache: Path | None, token: str | None
) -> Path:
    from huggingface_hub import constants, errors, snapshot_download

    constants.HF_HUB_DISABLE_TELEMETRY = True
    # The base is the HTTP client's own error, whichever client this version of the hub's package
    # uses; the hub's fast transfer library raises RuntimeError.
    client_error = cast(type[Exception], errors.HfHubHTTPError.__bases__[0])
    _LOG.info("fetching the Whisper model %s", located.name)
    try:
        return Path(
            snapshot_download(
                located.repo or located.name,
                cache_dir=cache,
                allow_patterns=list(FILES),
                token=token,
                tqdm_class=_bar(on_progress),
            )
        )
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
    except (client_error, OSError, RuntimeError) as error:
        if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
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


def _bar(on_progress: Progress | None) -> type:
    """A progress bar that shows nothing and tells `on_progress` the bytes.

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
            with one_at_a_time:
                self.n += more or 0
                if on_progress is not None and self in bars:
                    done = max(int(bar.n) for bar in bars)
                    on_progress(done, max(done, *(int(bar.total or 0) for bar in bars)))

    return Bar
