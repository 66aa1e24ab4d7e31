"""Ports of the text stages: what is asked of rules and of language models, alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from earwitness.core.claims import Labels, Moments
from earwitness.core.money import Money
from earwitness.core.note import Section, Sections, Sentence, Slot, Template
from earwitness.core.people import Person
from earwitness.core.playbook import Playbook
from earwitness.core.ports import Engine, EngineOptions
from earwitness.core.reading import WINDOW, Window
from earwitness.core.spending import Call
from earwitness.core.transcript import Utterance

if TYPE_CHECKING:
    from earwitness.core.purse import Purse


@dataclass(frozen=True, slots=True)
class Example:
    """A line that a person labelled.

    Attributes:
        text: What was said.
        scheme: The question.
        value: Their answer.
    """

    text: str
    scheme: str
    value: str


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that language models may be asked for, in one go; None: no limit.

    Attributes:
        tokens: Read and written together.
        money_micro: In millionths of a US dollar. A model whose price nobody knows is not asked
            under such a limit, unless it is on this machine.
    """

    tokens: int | None = None
    money_micro: int | None = None


NO_LIMIT: Final = Budget()

PriceOf = Callable[[Call], Money | None]
"""What a call costs by the prices of today; None: nobody knows."""


def nobody_knows(_call: Call) -> None:
    """A price list without prices."""


@dataclass(frozen=True, slots=True)
class Brief:
    """What a text engine is told before it works.

    Attributes:
        playbook: Its schemes, kinds of moments, prompts and terms.
        local_only: Nothing that was said may leave this machine.
        examples: How people labelled lines before; engines that do not learn ignore them.
        models: Language models in the order in which they are tried; engines that ask none ignore
            them.
        budget: What they may be asked for.
        purse: What is left of it, when several engines share it; None: each has all of it.
        price: The prices by which that is reckoned; no part of any result.
        strangers: Names of people in the examples who may not be known where they are shown; they
            are hidden like all others.
    """

    playbook: Playbook
    local_only: bool = False
    examples: tuple[Example, ...] = ()
    models: tuple[str, ...] = ()
    budget: Budget = NO_LIMIT
    purse: Purse | None = field(default=None, repr=False, compare=False)
    price: PriceOf = field(default=nobody_knows, repr=False, compare=False)
    strangers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """What one section is made from.

    Attributes:
        sentences: What was collected for it, in order of time; believed.
        lines: The utterances that they cite, in order of time.
        cast: Who is known.
        vocabulary: Names and terms that may be said.
        language: ISO 639-1 code of most of the session, or None when unknown.
        roles: What each voice is in the session.
    """

    sentences: tuple[Sentence, ...]
    lines: tuple[Utterance, ...]
    cast: tuple[Person, ...] = ()
    vocabulary: tuple[str, ...] = ()
    language: str | None = None
    roles: tuple[tuple[str, str], ...] = ()


@runtime_checkable
class Wide(Protocol):
    """An engine that is shown another number of utterances at once than is usual."""

    @property
    def window(self) -> int:
        """Utterances that it judges together."""
        ...


def window_of(engine: Engine) -> int:
    """How many utterances an engine judges together."""
    return engine.window if isinstance(engine, Wide) else WINDOW


@runtime_checkable
class Classifier(Engine, Protocol):
    """Says what utterances are. What it does not know it leaves out."""

    def classify(self, window: Window) -> Labels:
        """Labels of one window's lines, under the playbook's schemes. Thread-safe.

        They depend on the window, the engine's options and its brief, on nothing else. They are
        not believed yet: `core.evidence` looks at them.

        Raises:
            EngineError: It failed on this window.
        """
        ...


@runtime_checkable
class Extractor(Engine, Protocol):
    """Finds moments."""

    def extract(self, window: Window) -> Moments:
        """Moments of one window's lines, of the playbook's kinds. Thread-safe.

        As with labels: they depend on nothing else, and are not believed yet.

        Raises:
            EngineError: It failed on this window.
        """
        ...


@runtime_checkable
class Writer(Engine, Protocol):
    """Writes notes: window by window what belongs in which section, then section by section."""

    @property
    def written(self) -> bool:
        """It writes in words of its own; False: it only quotes."""
        ...

    def collect(self, window: Window, template: Template) -> Sections:
        """What of one window's lines belongs in which section. Thread-safe.

        As with labels: it depends on nothing else, and is not believed yet.

        Args:
            window: With the labels and moments of its lines; wider than those that are labelled.
            template: The form that is filled in.

        Raises:
            EngineError: It failed on this window.
        """
        ...

    def compose(self, slot: Slot, template: Template, found: Findings) -> Section:
        """One section from all that was collected for it in a whole session. Thread-safe.

        Its sentences may cite only what those it is made from cite; not believed yet.

        Raises:
            EngineError: It failed on this section.
        """
        ...


@runtime_checkable
class TextFactory(Protocol):
    """What a plug-in for `classify`, `extract` or `write` registers; imports nothing heavy.

    It keeps the contract of `EngineFactory` too, but for what it is opened with.
    """

    name: str
    ability: str
    """`classify`, `extract` or `write`."""
    form: type
    """The dataclass of the engine's own options."""

    def stays_here(self, options: EngineOptions, brief: Brief) -> bool:
        """Whether text stays on this machine, with these options and this brief."""
        ...

    def open_for(self, options: EngineOptions, brief: Brief) -> Engine:
        """Load it.

        Raises:
            EngineUnavailable: With the hint that mends it.
        """
        ...
