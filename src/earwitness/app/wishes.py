"""Wishes: options of single engines, as users say them; each engine gets those it knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from earwitness import plugins
from earwitness.core.errors import UsageError
from earwitness.core.options import Choice, choices, read_options
from earwitness.core.ports import EngineFactory, EngineOptions
from earwitness.core.text_ports import TextFactory

Own = tuple[tuple[str, str], ...]

ABILITIES = ("detect", "transcribe", "diarize")

AUTO = ("faster-whisper", "pocketsphinx")
"""Transcribers `auto` tries, best first; an engine that sends sound away must be named."""


@dataclass(frozen=True, slots=True)
class Menu:
    """What can be said to one engine.

    Attributes:
        engine: Its name.
        ability: What it does.
        choices: Its own options, in the order of its form.
    """

    engine: str
    ability: str
    choices: tuple[Choice, ...]


def read_wishes(said: Iterable[str]) -> Own:
    """Options from `name=value` or `engine.name=value`; the last word on each counts.

    Raises:
        UsageError: One has no `=`.
    """
    wishes: dict[str, str] = {}
    for text in said:
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            raise UsageError(
                f"an engine option is name=value, not {text!r}", hint="--engine-option beam_size=2"
            )
        wishes[name.strip()] = value.strip()
    return tuple(sorted(wishes.items()))


def read_terms(said: Sequence[str]) -> tuple[str, ...]:
    """Names and terms from texts with commas or line breaks between them; each once, in order."""
    terms = (" ".join(term.split()) for text in said for term in text.replace("\n", ",").split(","))
    return tuple(dict.fromkeys(term for term in terms if term))


def menus(engine: str | None = None) -> tuple[Menu, ...]:
    """The engines and their own options.

    Args:
        engine: Only this one; None: all that have any.

    Raises:
        UsageError: There is no engine of that name.
    """
    found = [
        Menu(name, ability, choices(plugins.engine(ability, name).form))
        for ability in ABILITIES
        for name in plugins.listed(ability)
        if engine in (None, name)
    ]
    if engine is not None and not found:
        known = (name for ability in ABILITIES for name in plugins.listed(ability))
        raise UsageError(
            f"no engine is called {engine!r}", hint="there are: " + ", ".join(sorted(known))
        )
    return tuple(menu for menu in found if menu.choices or engine is not None)


def options_for(factory: EngineFactory | TextFactory, options: EngineOptions) -> EngineOptions:
    """What one engine is told: of all engines' own options those that are meant for it."""
    known = {choice.name for choice in choices(factory.form)}
    mine = []
    for name, value in options.own:
        engine, _, bare = name.rpartition(".")
        if engine in ("", factory.name) and bare.replace("-", "_") in known:
            mine.append((bare, value))
    return replace(options, own=tuple(mine))


def idle_wishes(factory: EngineFactory, own: Own) -> tuple[str, ...]:
    """Options that `auto` left without effect: meant for a transcriber that was not taken."""
    others = {name for each in AUTO for name in _names(plugins.engine("transcribe", each))}
    return tuple(
        name
        for name, _ in own
        if "." not in name and name.replace("-", "_") in others - set(_names(factory))
    )


def check_wishes(
    own: Own, transcriber: str, diarizer: str, *, others: tuple[str, ...] = ()
) -> Mapping[str, str]:
    """Refuse options that no engine in question has, and values that make no sense.

    Args:
        own: As they were said.
        transcriber: Engine name or `auto`.
        diarizer: Engine name or `auto`.
        others: What else could have been said, for the hint.

    Returns:
        The stage that each option is about.

    Raises:
        UsageError: The hint lists what there is.
    """
    asked = _asked(transcriber, diarizer)
    stages: dict[str, str] = {}
    for name, value in own:
        engine, _, bare = name.rpartition(".")
        asked_for = _named(engine) if engine else asked
        fitting = [f for f in asked_for if bare.replace("-", "_") in _names(f)]
        if not fitting:
            there = [*others, *sorted({n for f in asked_for for n in _names(f)})]
            raise UsageError(
                f"no engine that is asked for has an option {name!r}",
                hint="there are: " + ", ".join(there) if there else "these engines have none",
            )
        for factory in fitting:
            read_options(factory.form, [(bare, value)])
        stages[name] = fitting[0].ability
    return stages


def fitting_wishes(own: Own, transcriber: str, diarizer: str) -> Own:
    """Those options that the engines in question have: others belonged to engines before."""

    def fits(wish: tuple[str, str]) -> bool:
        try:
            return bool(check_wishes((wish,), transcriber, diarizer))
        except UsageError:
            return False

    return tuple(wish for wish in own if fits(wish))


def _asked(transcriber: str, diarizer: str) -> list[EngineFactory]:
    """The engines that a request may come to use."""
    heard = AUTO if transcriber == "auto" else (transcriber,)
    told_apart = ("embedded", "tracks") if diarizer == "auto" else (diarizer,)
    return [
        *(plugins.engine("transcribe", name) for name in heard),
        *(plugins.engine("diarize", name) for name in told_apart),
        plugins.engine("detect", "silero"),
    ]


def _named(engine: str) -> list[EngineFactory]:
    return [plugins.engine(menu.ability, menu.engine) for menu in menus(engine)]


def _names(factory: EngineFactory) -> tuple[str, ...]:
    return tuple(choice.name for choice in choices(factory.form))
