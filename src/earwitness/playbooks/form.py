"""Form: what `playbook.toml` and `notes/*.toml` may hold, and the nouns they become."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from earwitness.core.language import KNOWN
from earwitness.core.moment import MomentKind
from earwitness.core.note import Slot, Template
from earwitness.core.playbook import Scheme

NAME = r"[a-z][a-z0-9_-]{0,31}"

Name = Annotated[str, StringConstraints(pattern=f"^{NAME}$")]
Line = Annotated[str, StringConstraints(pattern=r"^\S(.*\S)?$", max_length=300)]
Value = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,31}$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SchemeForm(_Part):
    """A question that labels answer."""

    name: Name
    about: Line
    values: tuple[Value, ...] = ()

    def noun(self) -> Scheme:
        """As the stages know it."""
        return Scheme(self.name, self.values, self.about)


class PlaybookForm(_Part):
    """`playbook.toml`; whatever is left out is taken from the playbook it extends."""

    form: Literal[1]
    about: Line
    extends: Name | None = None
    language: Annotated[str, Field(pattern="^(auto|[a-z]{2,3})$")] | None = None
    local_only: bool | None = None
    pseudonyms: bool | None = None
    clinical: bool | None = None
    stale_days: Annotated[int, Field(ge=1)] | None = None
    keep_sound_days: Annotated[int, Field(ge=0)] | None = None
    moments: tuple[MomentKind, ...] | None = None
    scheme: tuple[SchemeForm, ...] | None = None
    vocabulary: dict[Annotated[str, Field(pattern="^[a-z]{2,3}$")], tuple[Line, ...]] = {}

    def default_language(self) -> str | None:
        """The code, or None for automatic.

        Raises:
            ValueError: No engine knows it.
        """
        if self.language in (None, "auto"):
            return None
        if self.language not in KNOWN:
            raise ValueError(f"no engine knows a language {self.language!r}")
        return self.language


class SlotForm(_Part):
    """A section of a note, in one language."""

    key: Name
    title: Line
    ask: Line


class NoteForm(_Part):
    """`notes/<id>.<language>.toml`."""

    form: Literal[1]
    title: Line
    audience: Literal["everyone", "dm"] = "everyone"
    story: bool = False
    section: Annotated[tuple[SlotForm, ...], Field(min_length=1)]

    def noun(self, id: str, language: str) -> Template:
        """As the writers know it.

        Raises:
            ValueError: Two sections have one key.
        """
        slots = tuple(Slot(each.key, each.title, each.ask) for each in self.section)
        return Template(id, self.title, language, slots, self.audience, self.story)
