"""Playbook: what an audience expects; the same core runs under each."""

from __future__ import annotations

from dataclasses import dataclass, field

from earwitness.core.moment import MomentKind
from earwitness.core.note import Template


@dataclass(frozen=True, slots=True)
class Scheme:
    """A question that labels answer.

    Attributes:
        name: `stance`, `character`, `role`, `kind`, `topic`, ...
        values: The answers there are; empty: any known name (`character`), or any topic.
        about: The question, in one line.
    """

    name: str
    values: tuple[str, ...]
    about: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a language model is told.

    Attributes:
        name: What it is for: `classify`, `moments`, ...
        language: ISO 639-1 code it is written in.
        version: Raised whenever its text changes; results of another version are not reused.
        text: With `{places}` that are filled in.
    """

    name: str
    language: str
    version: int
    text: str


@dataclass(frozen=True, slots=True)
class Playbook:
    """Defaults of one audience.

    Attributes:
        name: As it is asked for.
        about: Whom it serves, in one line.
        language: Used when none is given; None: automatic.
        local_only: No sound and no text may leave this machine.
        pseudonyms: Names of people are replaced in what a language model elsewhere is shown.
        schemes: What utterances are labelled with.
        moments: Kinds of moments that are looked for.
        templates: Forms of its notes, one of each id and language.
        vocabulary: Terms by language code.
        prompts: One of each name and language.
        own: It comes from the user's folder.
        stale_days: An unfinished run that rested for longer is stale; cleaning up proposes to give
            it up.
        keep_sound_days: Decoded sound of a run that did not finish is kept for so long; None: as
            long as the run can be continued. A finished run's sound is not kept at all.
        clinical: Its notes are drafts until a clinician has read, corrected and signed them.
    """

    name: str
    about: str
    language: str | None = None
    local_only: bool = False
    pseudonyms: bool = False
    schemes: tuple[Scheme, ...] = ()
    moments: tuple[MomentKind, ...] = ()
    templates: tuple[Template, ...] = ()
    vocabulary: tuple[tuple[str, tuple[str, ...]], ...] = ()
    prompts: tuple[Prompt, ...] = field(default=(), repr=False)
    own: bool = False
    stale_days: int = 7
    keep_sound_days: int | None = None
    clinical: bool = False

    def scheme(self, name: str) -> Scheme | None:
        """The scheme of a name, if there is one."""
        return next((each for each in self.schemes if each.name == name), None)

    def template(self, id: str, language: str | None) -> Template | None:
        """A form, in the language if it is there in it, else in English."""
        found = {each.language: each for each in self.templates if each.id == id}
        return found.get(language or "en") or found.get("en")

    def prompt(self, name: str, language: str | None) -> Prompt | None:
        """A prompt, in the language if it is there in it, else in English."""
        found = {each.language: each for each in self.prompts if each.name == name}
        return found.get(language or "en") or found.get("en")
