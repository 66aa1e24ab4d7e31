"""The stage contract: what the runner asks of a step on the way from sound to transcript."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeVar, runtime_checkable

from earwitness.core.claims import Refusal
from earwitness.core.ports import Audio, Tick
from earwitness.core.reading import Window
from earwitness.core.run import DONE, Outcome
from earwitness.core.sound import Listening
from earwitness.core.speech import Chunk

T = TypeVar("T")

Lane = Literal["io", "cpu", "gpu"]


@dataclass(frozen=True, slots=True)
class Inputs:
    """What earlier stages made, by the noun they made.

    Attributes:
        sound: Opens the session's sound.
        made: One value per noun.
    """

    sound: Callable[[Listening], Audio]
    made: dict[type, object] = field(default_factory=dict)

    @property
    def audio(self) -> Audio:
        """The session's sound."""
        return self.sound(self.take(Listening))

    def take(self, kind: type[T]) -> T:
        """The value of one noun.

        Raises:
            KeyError: The plan promised it to nobody: a mistake in the plan.
        """
        value = self.made[kind]
        assert isinstance(value, kind)
        return value


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a stage's work that is done, remembered and resumed by itself.

    Attributes:
        index: Place in the order; None when the stage is one piece.
        identity: All that tells this part from another of the same stage, for its key.
        weight: Share of the work, for progress; e.g. its length in milliseconds.
        chunk: The chunk of sound it stands for, where a stage works by chunks.
        kept: Digest of an earlier run's result that is taken as it is, whatever the key says.
        window: The utterances it stands for, where a stage works by windows.
        hears: All that its result depends on in place of the stage's `part_needs`; None: those.
    """

    index: int | None = None
    identity: str = ""
    weight: int = 1
    chunk: Chunk | None = None
    kept: str | None = None
    hears: str | None = None
    window: Window | None = None


WHOLE = (Part(),)


@dataclass(frozen=True, slots=True)
class Made:
    """A part's result, and how it came about.

    Attributes:
        value: A noun.
        outcome: `DONE`, or degraded.
        cpu_ms: Processor time spent outside the calling thread; None when not known by part.
        read_bytes: Read from disks outside the calling thread, by children of this part alone.
        written_bytes: Written to disks, likewise.
        refused: Claims that were not believed.
    """

    value: object
    outcome: Outcome = DONE
    cpu_ms: int | None = 0
    read_bytes: int | None = 0
    written_bytes: int | None = 0
    refused: tuple[Refusal, ...] = ()


class Stage(Protocol):
    """One step of a plan. Results depend on `identity`, the needs and the part, on nothing else."""

    @property
    def name(self) -> str:
        """Its name in the ledger and on the command line."""
        ...

    @property
    def version(self) -> int:
        """Raised whenever the code changes what it makes."""
        ...

    @property
    def needs(self) -> tuple[type, ...]:
        """Nouns it reads."""
        ...

    @property
    def part_needs(self) -> tuple[type, ...]:
        """Those of `needs` that a part's result depends on beyond its own identity."""
        ...

    @property
    def makes(self) -> type:
        """The noun it makes."""
        ...

    @property
    def piece(self) -> type:
        """The noun one part makes; `makes` when the stage is one piece."""
        ...

    @property
    def lane(self) -> Lane:
        """Where its parts run."""
        ...

    @property
    def identity(self) -> str:
        """Engine fingerprint and options, for keys."""
        ...

    @property
    def verdict(self) -> Outcome:
        """How the stage ends when all its parts are done: `DONE`, or degraded by its nature."""
        ...

    @property
    def spent_ms(self) -> int:
        """Processor time its engine has spent so far in child processes; 0 when it has none."""
        ...

    def parts(self, inputs: Inputs) -> tuple[Part, ...]:
        """How the work is cut; quick."""
        ...

    def work(self, part: Part, inputs: Inputs, tick: Tick) -> Made:
        """Do one part. Thread-safe."""
        ...

    def join(self, pieces: dict[int | None, object], inputs: Inputs) -> object:
        """Put the pieces together; a failed part is absent. Quick and pure."""
        ...

    def engine(self, inputs: Inputs) -> str | None:
        """The name of the engine that did it, for people; None when it needs none."""
        ...

    def substitute(self, inputs: Inputs) -> Made | None:
        """What the run goes on with when this stage fails; None: the run fails."""
        ...


@runtime_checkable
class Following(Stage, Protocol):
    """A stage that follows another one: each of its parts begins when that part of the other ends.

    What it makes lies outside the ledger (files that people play), so its parts are begun in every
    run and look for themselves what is there already. A part that the other stage has not, or
    fails in, is left out.
    """

    @property
    def follows(self) -> str:
        """The other stage's name. A part's `hears` is the digest of what that gave."""
        ...
