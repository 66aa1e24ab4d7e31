"""`models`: what is on this machine, fetching and removing, and what can be said to engines."""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from earwitness.cli.answer import say, say_json, table
from earwitness.cli.options import Common
from earwitness.cli.progress import LINE_EVERY_S, duration
from earwitness.core.errors import UsageError

if TYPE_CHECKING:
    from earwitness.cli.bars import Download

FLAG = Parameter(negative="")


def models_list(*, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """List Whisper models: which are on this machine, and what others would take.

    A model that is only half fetched counts with what it takes so far; `models pull` goes on.
    Language models that the settings name follow; `earwitness doctor` says if they are there.
    """
    from earwitness.app.models import disk_use, list_language_models, list_models
    from earwitness.app.settings import read_settings

    rows = list_models()
    used = {entry.name: entry.size_bytes for entry in disk_use()}
    named = list_language_models(read_settings(home=common.home))
    if common.json:
        found = [
            {
                "name": row.name,
                "languages": row.languages,
                "size_mb": row.size_mb,
                "disk_bytes": used.get(row.name, 0),
                "path": str(row.path) if row.path else None,
            }
            for row in rows
        ]
        language_models = [
            {"name": each.said, "host": each.name.address.host, "stays_here": each.name.stays_here}
            for each in named
            if each.name is not None
        ]
        say_json(
            {
                "models": found,
                "disk_bytes": sum(used.values()),
                "language_models": language_models,
            }
        )
        return 0
    table(
        ("model", "languages", "size", "here", "on disk"),
        [
            (
                row.name,
                "English" if row.languages == 1 else str(row.languages),
                f"{row.size_mb} MB",
                "yes" if row.cached else "in part" if row.name in used else "",
                _megabytes(used[row.name]) if row.name in used else "",
            )
            for row in rows
        ],
        right=(1, 2, 4),
    )
    say(f"on disk: {_megabytes(sum(used.values()))} in {len(used)} models")
    for each in named:
        if each.name is not None:
            where = "on this machine" if each.name.stays_here else f"at {each.name.address.host}"
            say(f"language model {each.said}, {where}")
    return 0


def models_pull(name: str, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Fetch a model from the hub; a fetch that was stopped goes on where it was.

    Args:
        name: As in `earwitness models list`, or an id on the hub.
    """
    from earwitness.app.models import pull_model
    from earwitness.app.settings import read_settings

    with _fetching(quiet=common.json) as shown:
        folder = pull_model(name, read_settings(home=common.home), shown.hear)
    if common.json:
        say_json({"model": name, "path": str(folder)})
    else:
        say(str(folder))
    return 0


def models_remove(
    name: str,
    /,
    *,
    yes: Annotated[bool, FLAG] = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Remove a model from this machine; it can be fetched again.

    Only models in the hub's cache are removed, never a folder of yours. Other programs that use
    the same cache lose the model, too.

    Args:
        name: As in `earwitness models list`, or its id on the hub.
        yes: Do not ask.
    """
    from earwitness.app.models import find_model, remove_model
    from earwitness.app.settings import read_settings

    settings = read_settings(home=common.home)
    found = find_model(name, settings)
    if not yes and not _confirmed(found.name, found.size_bytes, asked_by_program=common.json):
        say("kept")
        return 0
    removed = remove_model(name, settings)
    if common.json:
        say_json({"removed": removed.name, "bytes": removed.size_bytes})
    else:
        say(f"removed {removed.name}: {_megabytes(removed.size_bytes)} are free")
    return 0


def _confirmed(name: str, size_bytes: int, *, asked_by_program: bool) -> bool:
    if asked_by_program or not sys.stdin.isatty():
        raise UsageError("removing needs a yes", hint="add --yes")
    question = f"Remove {name} ({_megabytes(size_bytes)}) from this machine? [y/N]: "
    return input(question).strip().lower() in ("y", "yes")


def _fetching(*, quiet: bool) -> Download | Fetched:
    """A bar on a terminal, plain lines elsewhere, nothing when `quiet`."""
    if not quiet and sys.stderr.isatty():
        from earwitness.cli.bars import Download

        return Download()
    return Fetched(quiet=quiet)


class Fetched:
    """Lines on how far a fetch is, for logs and pipes; told from any thread."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._began_s = time.monotonic()
        self._last_s = 0.0
        self._lock = threading.Lock()

    def hear(self, done: int, whole: int) -> None:
        """Told bytes; writes a line when the last one is old enough, and at the end."""
        now_s = time.monotonic() - self._began_s
        with self._lock:
            ended = bool(whole) and done >= whole
            if self._quiet or (now_s - self._last_s < LINE_EVERY_S and not ended):
                return
            self._last_s = now_s
            self._quiet = ended
        share = f" of {_megabytes(whole)} ({done / whole:.0%})" if whole else ""
        left = now_s * (whole - done) / done if done and whole > done else 0.0
        rest = f", about {duration(left)} left" if left else ""
        sys.stderr.write(f"fetched {_megabytes(done)}{share}{rest}\n")
        sys.stderr.flush()

    def __enter__(self) -> Fetched:
        """Nothing to begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing to end."""


def models_options(engine: str | None = None, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """List what can be said to engines with --engine-option.

    Args:
        engine: Only this one [default: all that have options].
    """
    from earwitness.app.wishes import menus

    found = menus(engine)
    if common.json:
        told = [
            {
                "engine": menu.engine,
                "ability": menu.ability,
                "options": [
                    {
                        "name": choice.name,
                        "kind": choice.kind,
                        "default": choice.default,
                        "values": list(choice.values),
                        "help": choice.help,
                    }
                    for choice in menu.choices
                ],
            }
            for menu in found
        ]
        say_json({"engines": told})
        return 0
    rows = [
        (
            menu.engine,
            choice.name,
            choice.default or "–",
            ", ".join(choice.values) or choice.kind,
            choice.help,
        )
        for menu in found
        for choice in menu.choices
    ]
    if rows:
        table(("engine", "option", "default", "values", "what it changes"), rows)
    else:
        say(f"{engine or 'no engine'} leaves nothing to be chosen")
    return 0


def _megabytes(size_bytes: int) -> str:
    """Rounded up, as the hub shows it."""
    return f"{-(-size_bytes // 10**6)} MB"
