"""The public verbs of series: what Python users call, and what every face calls too."""

from __future__ import annotations

from collections.abc import Sequence

from earwitness.app.library import open_library
from earwitness.app.people import series as verbs
from earwitness.app.people.series import Defaults, ShownSeries
from earwitness.app.settings import read_settings
from earwitness.app.wishing import AnyPath
from earwitness.core.people import Series


def all_series(*, home: AnyPath | None = None) -> tuple[Series, ...]:
    """All series, by name."""
    with open_library(read_settings(home=home)) as library:
        return library.all_series()


def show_series(name: str, *, home: AnyPath | None = None) -> ShownSeries:
    """One series with its sessions, enrolled voices and receipts.

    Raises:
        NotFound: No such series.
    """
    with open_library(read_settings(home=home)) as library:
        return verbs.show_series(library, name)


def add_series(
    name: str,
    *,
    playbook: str | None = None,
    language: str | None = None,
    speakers: int | None = None,
    home: AnyPath | None = None,
) -> Series:
    """Add a campaign, client or show; what is said holds for its sessions unless told otherwise.

    Args:
        name: What to call it.
        playbook: `meeting`, `tabletop`, `therapy` or `screen`.
        language: A code or `auto`.
        speakers: Exactly so many voices.
        home: The library's folder.

    Raises:
        UsageError: There is one of that name, or something makes no sense.

    Example:
        >>> import earwitness
        >>> earwitness.add_series("Tavern nights", playbook="tabletop")  # doctest: +SKIP
    """
    with open_library(read_settings(home=home)) as library:
        return verbs.add_series(library, name, Defaults(playbook, language, speakers))


def set_series(
    name: str,
    *,
    rename: str | None = None,
    playbook: str | None = None,
    language: str | None = None,
    speakers: int | None = None,
    terms: Sequence[str] = (),
    without: Sequence[str] = (),
    home: AnyPath | None = None,
) -> Series:
    """Change what a series says; what is not said stays.

    Args:
        name: Which series.
        rename: What to call it from now on.
        playbook: Of its sessions, unless told otherwise.
        language: The same; a code or `auto`.
        speakers: The same; exactly so many voices.
        terms: Words to add to its vocabulary.
        without: Words to take out of it.
        home: The library's folder.

    Raises:
        NotFound: No such series.
        UsageError: Something makes no sense; nothing was changed.
    """
    with open_library(read_settings(home=home)) as library:
        return verbs.set_series(
            library,
            name,
            rename=rename,
            defaults=Defaults(playbook, language, speakers),
            terms=terms,
            without=without,
        )


def set_person(
    series: str,
    name: str,
    *,
    rename: str | None = None,
    role: str | None = None,
    characters: Sequence[str] | None = None,
    aliases: Sequence[str] | None = None,
    home: AnyPath | None = None,
) -> Series:
    """Add a person to a series' cast, or change what is known of them; what is not said stays.

    Args:
        series: Which series.
        name: Who: a name, or an alias they have.
        rename: What to call them from now on.
        role: One word in small letters: `player`, `dm`, `client`, `therapist`, `host`, ...
        characters: Whom they play.
        aliases: Other names they go by.
        home: The library's folder.

    Raises:
        NotFound: No such series.
        UsageError: Something makes no sense, or two people would go by one name.
    """
    with open_library(read_settings(home=home)) as library:
        return verbs.set_person(
            library, series, name, rename=rename, role=role, characters=characters, aliases=aliases
        )


def remove_person(series: str, name: str, *, home: AnyPath | None = None) -> Series:
    """Take a person out of a series' cast, with their enrolled prints.

    Raises:
        NotFound: No such series, or nobody of it goes by that name.
    """
    with open_library(read_settings(home=home)) as library:
        return verbs.remove_person(library, series, name)


def import_cast(text: str, *, series: str | None = None, home: AnyPath | None = None) -> Series:
    """Take in a cast from the text of a `speaker_mapping.json`.

    Args:
        text: What the file holds.
        series: Which series; None: the campaign it names. Added when it is not there.
        home: The library's folder.

    Raises:
        UsageError: The file breaks a rule, or two people would go by one name.
    """
    with open_library(read_settings(home=home)) as library:
        return verbs.import_cast(library, text, name=series)


def export_cast(name: str, *, home: AnyPath | None = None) -> str:
    """A series' cast as the text of a `speaker_mapping.json`.

    Raises:
        NotFound: No such series.
    """
    with open_library(read_settings(home=home)) as library:
        return verbs.export_cast(library, name)


def delete_series(name: str, *, home: AnyPath | None = None) -> bool:
    """Delete a series for good, with its cast and enrolled prints; its sessions stay.

    Returns:
        Whether every trace is gone; else the rest goes when the library is opened next.

    Raises:
        NotFound: No such series.
    """
    with open_library(read_settings(home=home)) as library:
        return library.delete_series(library.series(name).id)
