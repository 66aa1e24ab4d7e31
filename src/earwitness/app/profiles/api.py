"""The public verbs of profiles: what Python users call, and every face too."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from earwitness.app.library import open_library
from earwitness.app.profiles.suggesting import Known, suggest
from earwitness.app.settings import read_settings
from earwitness.app.understanding.api import wish_of
from earwitness.app.wishing import AnyPath
from earwitness.core.errors import SourceNotFound, UsageError
from earwitness.core.files import disk_faults, write_atomic
from earwitness.core.people import folded
from earwitness.core.profile import CATEGORIES, Profile, Suggestions
from earwitness.core.profile_file import EMPTY, LARGEST_BYTES, add_to, entry_of, read_profiles
from earwitness.core.profile_updates import Row, read_updates, write_updates
from earwitness.core.updating import says_already
from earwitness.runs.listener import Listener

_MARK: Final = "\ufeff"
"""Some editors begin a file of UTF-8 with it; it stays."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What was added to a file of profiles.

    Attributes:
        file: Which file.
        added: How many updates.
        known: How many stood there already.
        profiles: Names of profiles that are new in it.
    """

    file: Path
    added: int
    known: int
    profiles: tuple[str, ...]


def profile_updates(
    session: str,
    *,
    profile: AnyPath | None = None,
    names: Mapping[str, str] | None = None,
    by: str = "auto",
    models: Sequence[str] = (),
    likeness: float | None = None,
    home: AnyPath | None = None,
    listener: Listener = lambda _stage, _share: None,
) -> Suggestions:
    """What a session would add to the profiles of its characters, or of its people.

    Nothing is changed. In a game only what is in character counts, dice aside. What the profiles
    say already is not offered again.

    Args:
        session: Its id, or the beginning of it; any session that has a transcript, old or imported.
        profile: A file of profiles; None: there are none yet.
        names: Whom a name of the session means: `{"Bob": "Thorin"}`.
        by: `rules`, `models` or another plug-in's name; `auto`: whoever found moments before, else
            rules, unless models are named.
        models: Language models in the order in which they are tried.
        likeness: From which on two texts say the same, 0 to 1; None: the setting.
        home: The library's folder.
        listener: Told `(stage, share)` as work goes on, from any thread.

    Returns:
        Updates, the surest first, and the names that somebody has to tell about.

    Raises:
        NotFound: No such session, or it has no transcript yet.
        SourceNotFound: There is no such file of profiles.
        UsageError: It is none, or something else makes no sense.
        EngineUnavailable: A named engine cannot run here.

    Example:
        >>> import earwitness
        >>> found = earwitness.profile_updates("2026-11-20")  # doctest: +SKIP
    """
    settings = read_settings(
        home=home, language_models=list(models) or None, profile_likeness=likeness
    )
    profiles = _profiles(Path(profile)) if profile is not None else ()
    known = Known(profiles, dict(names or {}), settings.profile_likeness)
    with open_library(settings) as library:
        name = library.resolve(session)
        asked = by != "auto" or bool(models)
        wish = wish_of(settings, library, by, named=bool(models), fresh=False) if asked else None
        return suggest(library, name, known, wish, listener)


def save_updates(found: Suggestions, file: AnyPath) -> Path:
    """Write suggestions as a file of profile updates.

    Raises:
        StoreError: It cannot be written.
    """
    path = Path(file).absolute()
    write_atomic(path, write_updates(found).encode())
    return path


def merge_profiles(
    updates: AnyPath,
    profile: AnyPath,
    *,
    only: Collection[str] = (),
    likeness: float | None = None,
    home: AnyPath | None = None,
) -> Merged:
    """Add updates that somebody approved of to a file of profiles; nothing else in it changes.

    Args:
        updates: A file of profile updates, as `save_updates` writes it, or what is left of it.
        profile: The file of profiles; made when it is not there.
        only: Ids of the updates that are taken; empty: all of the file.
        likeness: As `profile_updates`.
        home: The library's folder, for settings.

    Raises:
        SourceNotFound: There is no such file of updates.
        UsageError: One of the files breaks a rule, or an id is none.
        StoreError: The file cannot be written; it is as it was.
    """
    same = read_settings(home=home, profile_likeness=likeness).profile_likeness
    session, rows = read_updates(_text(Path(updates), "profile updates").removeprefix(_MARK))
    if unknown := set(only) - {str(row.get("id")) for row in rows}:
        raise UsageError(f"no update of the file is called {sorted(unknown)[0]}")
    path = Path(profile).absolute()
    text = _text(path, "profiles") if path.exists() else EMPTY
    mark, text = (_MARK, text[1:]) if text.startswith(_MARK) else ("", text)
    before = {folded(each.name) for each in read_profiles(text)}
    added = known = 0
    for row in rows:
        if only and row.get("id") not in only:
            continue
        if _is_there(row, session, read_profiles(text), same):
            known += 1
        else:
            text, added = add_to(text, session, [row]), added + 1
    made = [each.name for each in read_profiles(text) if folded(each.name) not in before]
    if not path.exists():
        text = json.dumps(json.loads(text), ensure_ascii=False, indent=2) + "\n"
    if added:
        write_atomic(path, (mark + text).encode())
    return Merged(path, added, known, tuple(made))


def _is_there(row: Row, session: str, profiles: tuple[Profile, ...], same: float) -> bool:
    category = next(each for each in CATEGORIES if each == row["category"])
    wanted = entry_of(row, category, session)
    return any(
        says_already(entry, wanted, same)
        for profile in profiles
        if profile.goes_by(str(row["character"]))
        for entry in profile.entries
    )


def _profiles(path: Path) -> tuple[Profile, ...]:
    return read_profiles(_text(path, "profiles").removeprefix(_MARK))


def _text(path: Path, what: str) -> str:
    if not path.is_file():
        raise SourceNotFound(f"no such file: {path.name}", hint="check the path")
    with disk_faults(f"{path.name} cannot be read"):
        if path.stat().st_size > LARGEST_BYTES:
            raise UsageError(f"this is no file of {what}: it is too large")
        data = path.read_bytes()
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise UsageError(f"a file of {what} is JSON in UTF-8") from error
