"""Opening: the stages of a run with their engines; only those that are asked for are opened."""

from __future__ import annotations

from contextlib import ExitStack

from earwitness.app.choose import Choice, choose_transcriber, open_detector, open_diarizers
from earwitness.app.request import Request
from earwitness.app.running.earlier import Earlier
from earwitness.core.errors import EngineUnavailable
from earwitness.core.ports import Engine
from earwitness.core.run import DONE, Outcome, degraded
from earwitness.core.session import Session
from earwitness.media.enhance import Enhancer
from earwitness.runs.lanes import lane_for
from earwitness.stages.cut import CutSpeech
from earwitness.stages.detect import Detect
from earwitness.stages.diarize import Diarize
from earwitness.stages.transcribe import Transcribe


class Opening:
    """Opens the engines of the stages that are done, and no others; `engines` closes them."""

    def __init__(self, request: Request, session: Session, earlier: Earlier) -> None:
        self._request = request
        self._local_only = session.local_only
        self._earlier = earlier
        self._choice: Choice | None = None
        self._diarizer: Engine | None = None
        self.engines = ExitStack()

    @property
    def transcriber(self) -> str | None:
        """Who transcribes, for people; None as long as nobody was opened for it."""
        engine = self._choice.transcriber if self._choice else None
        return engine.name if engine else None

    @property
    def diarizer(self) -> str | None:
        """Who tells voices apart, for people; None as long as nobody was opened for it."""
        return self._diarizer.name if self._diarizer else None

    @property
    def notes(self) -> tuple[str, ...]:
        """Why this transcriber, for people."""
        return self._choice.notes if self._choice else ()

    def detect(self) -> Detect:
        """The detector's stage."""
        detector = open_detector(self._request.options)
        self._hold(detector)
        return Detect(detector)

    def diarize(self) -> Diarize:
        """The diarizers' stage."""
        mixed, isolated = open_diarizers(self._request.diarizer, self._request.options)
        self._diarizer = mixed
        self._hold(mixed)
        self._hold(isolated)
        return Diarize(mixed, isolated, self._request.speakers)

    def cut(self) -> CutSpeech:
        """Cuts as the transcriber likes it."""
        transcriber = self._transcriber().transcriber
        return CutSpeech(transcriber.chunking if transcriber else None)

    def transcribe(self) -> Transcribe:
        """The transcriber's stage.

        Raises:
            EngineUnavailable: Only some chunks are wanted, and nobody can do them.
        """
        choice, earlier = self._transcriber(), self._earlier
        if choice.transcriber is None and earlier.chosen is not None:
            raise EngineUnavailable(choice.verdict.why, hint=choice.verdict.hint)
        return Transcribe(
            choice.transcriber,
            self._request.language,
            self._verdict(choice),
            rest=earlier.rest,
            chosen=earlier.chosen,
            rest_by=earlier.engines.get("transcribe"),
            enhancer=None if self._request.enhance == "none" else Enhancer(self._request.enhance),
            lane=lane_for(choice.transcriber),
        )

    def _verdict(self, choice: Choice) -> Outcome:
        gaps = self._earlier.gaps
        if choice.verdict != DONE or not gaps:
            return choice.verdict
        return degraded(
            f"{gaps} chunks outside failed earlier", instead="gaps", hint="do them again, too"
        )

    def _transcriber(self) -> Choice:
        """Opened once: two stages ask it."""
        if self._choice is None:
            request = self._request
            self._choice = choose_transcriber(
                request.transcriber,
                request.language,
                request.options,
                local_only=self._local_only,
            )
            self._hold(self._choice.transcriber)
        return self._choice

    def _hold(self, engine: Engine | None) -> None:
        if engine is not None:
            self.engines.callback(engine.close)
