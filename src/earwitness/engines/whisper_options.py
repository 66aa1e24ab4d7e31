"""What can be said to faster-whisper alone: its form, and the vocabulary as a prompt."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from earwitness.core.errors import UsageError
from earwitness.core.language import KNOWN

WIDEST: Final = 20
"""Beams beyond this cost memory and change nothing."""


@dataclass(frozen=True, slots=True)
class WhisperOptions:
    """The form of faster-whisper's own options."""

    beam_size: int = field(
        default=5, metadata={"help": "Readings kept while decoding; 1 is fastest, 5 is best"}
    )
    compute_type: Literal[
        "auto",
        "int8",
        "int8_float32",
        "int8_float16",
        "int8_bfloat16",
        "float16",
        "bfloat16",
        "float32",
    ] = field(default="auto", metadata={"help": "How it computes; auto: 8 bits on a processor"})
    hotwords: bool = field(
        default=True, metadata={"help": "Give it the vocabulary as text that came before"}
    )
    prompt: str = field(
        default="", metadata={"help": "A sentence in the style that is wanted, before each chunk"}
    )
    among: str = field(
        default="",
        metadata={"help": "Without a language: the ones that are spoken, such as nl+en"},
    )
    language_confidence: float = field(
        default=0.5,
        metadata={"help": "Without a language: how sure it must be of a chunk's, 0 to 1"},
    )
    other_language: float = field(
        default=0.9,
        metadata={"help": "With a language: how sure of another one before it is told, 0 to 1"},
    )
    allow_smaller: bool = field(
        default=False,
        metadata={"help": "When memory runs out, go on with a smaller model that is here"},
    )

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        if not 1 <= self.beam_size <= WIDEST:
            raise UsageError(f"beam_size is 1 to {WIDEST}", hint="--engine-option beam_size=5")
        for name in ("language_confidence", "other_language"):
            if not 0 <= getattr(self, name) <= 1:
                raise UsageError(f"{name} is 0 to 1", hint=f"--engine-option {name}=0.5")
        unknown = [code for code in self.languages if code not in KNOWN]
        if unknown:
            raise UsageError(
                f"no engine knows a language {unknown[0]!r}",
                hint="one or more of: " + " ".join(sorted(KNOWN)),
            )

    @property
    def languages(self) -> tuple[str, ...]:
        """Those of `among`, in order; none: any."""
        return tuple(code for code in re.split(r"[\s,+]+", self.among.lower()) if code)


@dataclass(frozen=True, slots=True)
class Prompt:
    """Text that the model is given as if it had been said before.

    Attributes:
        tokens: Of it; empty for none.
        fitting: How many names and terms are in it.
        left_out: How many found no room.
    """

    tokens: tuple[int, ...] = ()
    fitting: int = 0
    left_out: int = 0

    @property
    def digest(self) -> str:
        """For keys; tells nothing of what it says."""
        return hashlib.sha256(repr(self.tokens).encode()).hexdigest()[:16] if self.tokens else ""


def prompt_of(
    vocabulary: Sequence[str],
    own: WhisperOptions,
    *,
    encode: Callable[[str], Sequence[int]],
    limit: int,
) -> Prompt:
    """Vocabulary and prompt, as many whole terms as the model can read, the first ones first.

    Whisper reads at most half its context, less one token, of what came before (Radford et al.,
    2022; 223 tokens); more would push out the beginning of it without a word.

    Args:
        vocabulary: In the order of its weight.
        own: May switch the vocabulary off, and add a sentence.
        encode: Text into tokens.
        limit: Tokens that the model can read.

    Raises:
        UsageError: The sentence alone is too long.
    """
    sentence = tuple(encode(" " + own.prompt.strip())) if own.prompt.strip() else ()
    if len(sentence) > limit:
        raise UsageError(
            f"the prompt has {len(sentence)} tokens, and the model reads {limit}",
            hint="--engine-option prompt=... with a shorter sentence",
        )
    terms = list(vocabulary) if own.hotwords else []
    tokens: tuple[int, ...] = ()
    fitting = 0
    for count in range(1, len(terms) + 1):
        longer = tuple(encode(" " + ", ".join(terms[:count]) + "."))
        if len(longer) + len(sentence) > limit:
            break
        tokens, fitting = longer, count
    return Prompt(tokens + sentence, fitting, len(terms) - fitting)
