"""Classify: what utterances are, window by window; each window is remembered by itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from earwitness.core.claims import Labels, Refusal, Why
from earwitness.core.evidence import believed_labels
from earwitness.core.playbook import Scheme
from earwitness.core.ports import Tick
from earwitness.core.reading import Reading, windows
from earwitness.core.run import DONE, Outcome
from earwitness.core.stage import Inputs, Lane, Made, Part
from earwitness.core.text_ports import Classifier, window_of


@dataclass(frozen=True, slots=True)
class Classify:
    """Labels under the playbook's schemes; what cannot be believed is left out and counted.

    Attributes:
        classifier: Rules or a model; they pass the same gate.
        schemes: What is asked.
    """

    classifier: Classifier
    schemes: tuple[Scheme, ...]
    lane: Lane = "cpu"
    name: str = "classify"
    version: int = 1
    needs: tuple[type, ...] = (Reading,)
    part_needs: tuple[type, ...] = ()
    makes: type = Labels
    piece: type = Labels
    verdict: Outcome = DONE
    spent_ms: int = 0

    @property
    def identity(self) -> str:
        """The engine, and what it is asked."""
        asked = [[each.name, each.values, each.about] for each in self.schemes]
        return f"{self.classifier.fingerprint}|{asked}"

    def parts(self, inputs: Inputs) -> tuple[Part, ...]:
        """One per window; the same lines in the same company are not judged twice."""
        return tuple(
            Part(window.index, weight=len(window.lines), hears=window.digest, window=window)
            for window in windows(inputs.take(Reading), size=window_of(self.classifier))
        )

    def work(self, part: Part, inputs: Inputs, tick: Tick) -> Made:
        """Judge one window, knowing nothing of the others."""
        del inputs
        window = part.window
        assert window is not None
        claimed = self.classifier.classify(window)
        tick(1.0)
        believed = believed_labels(claimed.labels, window, self.schemes)
        refused = together(claimed.refused, believed.refused)
        return Made(Labels(believed.labels, refused), refused=refused)

    def join(self, pieces: dict[int | None, object], inputs: Inputs) -> Labels:
        """All labels in order; windows that failed have none."""
        del inputs
        made = [piece for piece in pieces.values() if isinstance(piece, Labels)]
        labels = sorted(
            (label for piece in made for label in piece.labels),
            key=lambda label: (label.utterance, label.scheme),
        )
        return Labels(tuple(labels), together(*(piece.refused for piece in made)))

    def engine(self, inputs: Inputs) -> str | None:
        """The classifier's name."""
        del inputs
        return self.classifier.name

    def substitute(self, inputs: Inputs) -> Made:
        """A transcript without labels is better than wrong ones."""
        del inputs
        return Made(Labels(()))


def together(*refused: tuple[Refusal, ...]) -> tuple[Refusal, ...]:
    """Refusals of several windows, counted together."""
    counts: Counter[Why] = Counter()
    for refusals in refused:
        counts.update({each.why: each.count for each in refusals})
    return tuple(Refusal(why, count) for why, count in sorted(counts.items()))
