"""What an endpoint's answer says of what it counted: tokens, where a service counts by them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Asking:
    """What is sent and received for one call, over all its attempts; filled by whoever sends.

    Attributes:
        attempts: Requests that were sent.
        sent_bytes: Bodies that were sent.
        received_bytes: Bodies that came back.
        answers: What came back as JSON.
    """

    attempts: int = 0
    sent_bytes: int = 0
    received_bytes: int = 0
    answers: list[object] = field(default_factory=list)

    def tokens(self) -> tuple[int | None, int | None]:
        """Tokens in and out of all answers that say so; None where none does."""
        told = [usage for answer in self.answers if (usage := _usage(answer)) is not None]
        return _sum(told, "input_tokens"), _sum(told, "output_tokens")


def _usage(answer: object) -> dict[object, object] | None:
    usage = answer.get("usage") if isinstance(answer, dict) else None
    return usage if isinstance(usage, dict) else None


def _sum(told: list[dict[object, object]], name: str) -> int | None:
    known = [count for usage in told if type(count := usage.get(name)) is int and count >= 0]
    return sum(known) if known else None
