"""Series: the verbs on campaigns, clients and shows, and what they say to new sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from earwitness.app.understanding.playbooks import playbook as playbook_of
from earwitness.core.errors import NotFound, UsageError
from earwitness.core.language import read_language
from earwitness.core.mapping import read_mapping, write_mapping
from earwitness.core.people import DEFAULT_ROLE, Character, Person, Series, folded
from earwitness.store.forgetting import Forgotten
from earwitness.store.library import Library


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a series says about its sessions; None: nothing.

    Attributes:
        playbook: Whose defaults hold.
        language: A code or `auto`.
        speakers: How many voices.
    """

    playbook: str | None = None
    language: str | None = None
    speakers: int | None = None


@dataclass(frozen=True, slots=True)
class ShownSeries:
    """One series with what belongs to it.

    Attributes:
        series: The series.
        sessions: Ids of its sessions, the oldest first.
        prints: How many prints are enrolled, by the person's key.
        forgettings: Receipts of forgotten voices.
    """

    series: Series
    sessions: tuple[str, ...]
    prints: dict[str, int]
    forgettings: tuple[Forgotten, ...]


def add_series(library: Library, name: str, defaults: Defaults = Defaults()) -> Series:
    """Add a series.

    Raises:
        UsageError: There is one of that name, or a default makes no sense.
    """
    _check(defaults, library)
    return library.add_series(
        Series(
            id="",
            name=" ".join(name.split()),
            playbook=defaults.playbook,
            language=defaults.language,
            speakers=defaults.speakers,
        )
    )


def show_series(library: Library, name: str) -> ShownSeries:
    """One series.

    Raises:
        NotFound: There is none of that name.
    """
    series = library.series(name)
    prints: dict[str, int] = {}
    for each in library.enrolled(series.id):
        prints[each.person] = prints.get(each.person, 0) + 1
    return ShownSeries(
        series, library.sessions_in(series.id), prints, library.forgettings(series.id)
    )


def set_series(
    library: Library,
    name: str,
    *,
    rename: str | None = None,
    defaults: Defaults = Defaults(),
    terms: Sequence[str] = (),
    without: Sequence[str] = (),
) -> Series:
    """Change what a series says; what is not said stays.

    Args:
        library: Where it is.
        name: Which series.
        rename: What to call it from now on.
        defaults: Of its sessions.
        terms: Words to add to its vocabulary.
        without: Words to take out of it.

    Raises:
        NotFound: There is none of that name.
        UsageError: Something makes no sense; nothing was changed.
    """
    _check(defaults, library)
    gone = {folded(term) for term in without}

    def change(was: Series) -> Series:
        words = dict.fromkeys((*was.vocabulary, *(" ".join(term.split()) for term in terms)))
        return replace(
            was,
            name=" ".join(rename.split()) if rename is not None else was.name,
            playbook=defaults.playbook or was.playbook,
            language=defaults.language or was.language,
            speakers=defaults.speakers or was.speakers,
            vocabulary=tuple(word for word in words if folded(word) not in gone),
        )

    return library.change_series(library.series(name).id, change)


def set_person(
    library: Library,
    series: str,
    name: str,
    *,
    rename: str | None = None,
    role: str | None = None,
    characters: Sequence[str] | None = None,
    aliases: Sequence[str] | None = None,
) -> Series:
    """Add a person to a series' cast, or change what is known of them; what is not said stays.

    Raises:
        NotFound: There is no such series.
        UsageError: Something makes no sense, or two people would go by one name.
    """

    def change(was: Series) -> Series:
        known = was.find(name) or Person(was.free_key(), " ".join(name.split()), DEFAULT_ROLE)
        person = replace(
            known,
            name=" ".join(rename.split()) if rename is not None else known.name,
            role=role or known.role,
            aliases=known.aliases if aliases is None else _once(aliases),
            characters=(
                known.characters
                if characters is None
                else tuple(Character(each) for each in _once(characters))
            ),
        )
        return with_person(was, person)

    return library.change_series(library.series(series).id, change)


def remove_person(library: Library, series: str, name: str) -> Series:
    """Take a person out of the cast, with their enrolled prints.

    Raises:
        NotFound: There is no such series, or nobody of it goes by that name.
    """

    def change(was: Series) -> Series:
        person = was.find(name)
        if person is None:
            raise NotFound("nobody of this series goes by that name")
        return replace(was, cast=tuple(each for each in was.cast if each.key != person.key))

    return library.change_series(library.series(series).id, change)


def import_cast(library: Library, text: str, *, name: str | None = None) -> Series:
    """Take in a speaker mapping: people with known keys are changed, the others added.

    Args:
        library: Where the series is, or will be.
        text: What the file holds.
        name: Which series; None: the campaign the file names. Added when it is not there.

    Raises:
        UsageError: The file breaks a rule, or two people would go by one name.
    """
    campaign, people = read_mapping(text)
    try:
        series = library.series(name or campaign)
    except NotFound:
        series = add_series(library, name or campaign)

    def change(was: Series) -> Series:
        for person in people:
            was = with_person(was, person)
        return was

    return library.change_series(series.id, change)


def export_cast(library: Library, name: str) -> str:
    """A series' cast as the text of a speaker mapping.

    Raises:
        NotFound: There is no such series.
    """
    return write_mapping(library.series(name))


def defaults_of(series: Series | None) -> Defaults:
    """What a series says about its sessions; nothing when there is none."""
    if series is None:
        return Defaults()
    return Defaults(series.playbook, series.language, series.speakers)


def with_person(series: Series, person: Person) -> Series:
    """A series with one person added, or in place of who has that key."""
    others = tuple(each for each in series.cast if each.key != person.key)
    return replace(series, cast=tuple(sorted((*others, person), key=lambda each: each.key)))


def _once(names: Sequence[str]) -> tuple[str, ...]:
    """Each name once; `-` stands for none at all."""
    return tuple(dict.fromkeys(" ".join(name.split()) for name in names if name.strip() != "-"))


def _check(defaults: Defaults, library: Library) -> None:
    if defaults.playbook is not None:
        playbook_of(defaults.playbook, library.home)
    if defaults.language is not None:
        read_language(defaults.language)
    if defaults.speakers is not None and defaults.speakers < 1:
        raise UsageError("there is at least one speaker")
