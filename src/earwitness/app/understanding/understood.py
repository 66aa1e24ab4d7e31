"""Understanding: what was found in a session's transcript, as far as it still holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from earwitness.core.claims import Labels, Moments, Noted
from earwitness.core.doubt import without_doubted
from earwitness.core.evidence import is_verbatim
from earwitness.core.moment import Moment
from earwitness.core.reading import Reading
from earwitness.core.run import Run
from earwitness.core.transcript import Transcript, Utterance
from earwitness.store.library import Library

TEXT_STAGES: Final = ("read", "classify", "extract")
"""Stages that follow a run's transcript."""

NOTE_STAGES: Final = ("collect", "compose")
"""Stages that make notes of it."""

NOTED: Final = "understood"
"""The step under which a run keeps how it was understood."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What was found in a session.

    Attributes:
        session: Whose.
        noted: How it was understood.
        reading: What it was found in.
        labels: What the utterances are.
        moments: Worth finding again.
    """

    session: str
    noted: Noted
    reading: Reading
    labels: Labels
    moments: Moments

    def answers(self, request: str) -> bool:
        """Whether the same is asked, and nothing of it is missing."""
        return self.noted.request == request and not self.noted.lacking

    def labelled(self, transcript: Transcript) -> Transcript:
        """A transcript with what was found beside what people said; theirs wins.

        A label stays on its line as long as the line stands where it stood.
        """
        lines = self._same_lines(transcript)
        said = {(label.utterance, label.scheme) for label in transcript.labels}
        more = tuple(
            label
            for label in self.labels.labels
            if label.utterance in lines and (label.utterance, label.scheme) not in said
        )
        if not more:
            return transcript
        labels = sorted((*transcript.labels, *more), key=lambda each: (each.utterance, each.scheme))
        return Transcript(transcript.utterances, tuple(labels))

    def moments_in(self, transcript: Transcript) -> tuple[Moment, ...]:
        """The moments that a transcript still bears out."""
        lines = self._same_lines(transcript)

        def holds(moment: Moment) -> bool:
            cited = [lines[each] for each in moment.evidence if each in lines]
            if len(cited) != len(moment.evidence):
                return False
            return moment.quote is None or is_verbatim(moment.quote, cited)

        return tuple(moment for moment in self.moments.moments if holds(moment))

    def changed(self, transcript: Transcript) -> int:
        """How many lines read otherwise now, or are said by somebody else."""
        before = {line.id: _read(line) for line in self.reading.transcript.utterances}
        now = {line.id: _read(line) for line in without_doubted(transcript).utterances}
        return sum(before.get(each) != now.get(each) for each in before.keys() | now.keys())

    def warnings(self, transcript: Transcript) -> tuple[str, ...]:
        """What readers must know about labels and moments."""
        told = []
        if self.noted.lacking:
            told.append(f"labels and moments: {self.noted.lacking}")
        if count := self.changed(transcript):
            lines = f"{count} line{'s' * (count > 1)}"
            told.append(
                f"labels and moments are older than changes in {lines}"
                f" (earwitness understand {self.session})"
            )
        return tuple(told)

    def _same_lines(self, transcript: Transcript) -> Mapping[int, Utterance]:
        spans = {line.id: line.span for line in self.reading.transcript.utterances}
        return {line.id: line for line in transcript.utterances if spans.get(line.id) == line.span}


def found_by(library: Library, run: Run) -> Understood | None:
    """What was found in the transcript of a run; None: nobody looked, or did not get to the end.

    Raises:
        CorruptStore: A result is damaged.
    """
    digest = library.result(run.id, NOTED)
    if digest is None:
        return None
    noted = library.get(digest, Noted)
    read, classified, extracted = (dict(noted.results)[stage] for stage in TEXT_STAGES)
    return Understood(
        run.session,
        noted,
        library.get(read, Reading),
        library.get(classified, Labels),
        library.get(extracted, Moments),
    )


def _read(line: Utterance) -> tuple[object, ...]:
    return line.span, line.voice, line.person, line.text
