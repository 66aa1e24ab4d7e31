"""sherpa-onnx: diarization with ONNX models that need no account and no torch."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final, Literal

from earwitness.core.errors import EngineError, EngineUnavailable, UsageError
from earwitness.core.options import read_options
from earwitness.core.ports import Audio, EngineOptions, Readiness, Tick, silent_tick
from earwitness.core.span import Span
from earwitness.core.speech import Diarization, Speech, Turn
from earwitness.engines.libraries import missing, version_of
from earwitness.engines.machine import threads
from earwitness.engines.model_hub import digest
from earwitness.engines.pocketsphinx_child import read_message, write_message
from earwitness.engines.sherpa_child import Setup
from earwitness.engines.stretches import Part, joined, normal, parts

CODE_VERSION: Final = 1
"""Raised when this file changes what is heard."""

MODELS_HINT: Final = (
    "fetch one of each from github.com/k2-fsa/sherpa-onnx/releases (speaker-segmentation-models, "
    "speaker-recongition-models), then --engine-option sherpa.segmentation=FILE "
    "--engine-option sherpa.embedding=FILE"
)  # the release's own spelling
ONLY_CPU: Final = "the sherpa-onnx that is installed computes on the processor only"
CPU_HINT: Final = "--engine-option sherpa.device=cpu"
MEMORY_HINT: Final = "--engine-option sherpa.part_minutes=10"


@dataclass(frozen=True, slots=True)
class SherpaOptions:
    """What can be said to sherpa-onnx."""

    segmentation: str | None = field(
        default=None, metadata={"help": "Segmentation model: an .onnx file"}
    )
    embedding: str | None = field(
        default=None, metadata={"help": "Speaker embedding model: an .onnx file"}
    )
    device: Literal["cpu", "cuda", "coreml"] | None = field(
        default=None, metadata={"help": "Where it computes; empty: as --device says"}
    )
    threshold: float = field(
        default=0.5, metadata={"help": "Distance of voices below which they are one"}
    )
    step: float = field(
        default=0.1, metadata={"help": "Step between two looks, as a share of ten seconds"}
    )
    shortest_turn: float = field(default=0.3, metadata={"help": "Shorter turns are dropped, s"})
    shortest_pause: float = field(default=0.5, metadata={"help": "Shorter pauses are bridged, s"})
    part_minutes: int = field(
        default=30, metadata={"help": "Longer recordings are diarized in parts of this length"}
    )

    def __post_init__(self) -> None:
        """Refuse what sherpa-onnx would crash on."""
        if not 0.0 < self.step <= 1.0:
            raise UsageError("step is a share of ten seconds", hint="above 0, at most 1")
        if self.part_minutes < 1:
            raise UsageError("a part has at least one minute", hint="part_minutes=30")


class SherpaDiarizer:
    """sherpa-onnx in a child process; one recording at a time."""

    def __init__(self, setup: Setup, options: SherpaOptions) -> None:
        """Start the child and wait until its models are loaded.

        Raises:
            EngineUnavailable: They cannot be.
        """
        self._setup = setup
        self._part_ms = options.part_minutes * 60_000
        self._same = options.threshold
        self._lock = threading.Lock()
        self._closed = False
        self._spent_ms = 0
        weights = digest([Path(setup.segmentation), Path(setup.embedding)])
        voices = digest([Path(setup.embedding)])
        library = version_of("sherpa-onnx")
        self._model = f"sherpa {voices}"
        self._name = f"sherpa-onnx {library} ({Path(setup.embedding).stem}, {setup.provider})"
        settings = (setup.threshold, setup.shift, setup.least_on_s, setup.least_off_s)
        self._fingerprint = (
            f"sherpa/{CODE_VERSION} {library} {weights} {setup.provider} {settings} {self._part_ms}"
        )
        self._child = _Child(setup)

    @property
    def name(self) -> str:
        """For people."""
        return self._name

    @property
    def fingerprint(self) -> str:
        """Code and library version, digest of both models, device and options."""
        return self._fingerprint

    @property
    def cpu_ms(self) -> int:
        """Processor time of the child so far."""
        return self._spent_ms + self._child.cpu_ms

    def diarize(
        self,
        audio: Audio,
        speech: tuple[Speech, ...],
        speakers: int | None,
        tick: Tick = silent_tick,
    ) -> Diarization:
        """Turns and voices of the mix; turns of several voices may overlap.

        Args:
            audio: The session's sound; the mix is read, a part at a time.
            speech: From the detector: a part without any is not listened to.
            speakers: Exactly this many voices; fewer only when sherpa-onnx finds no moment for
                one. None: estimated.
            tick: Told the share done; stops the work when it raises.

        Raises:
            UsageError: Less than one speaker is asked for.
            EngineError: The child crashed or gave up.
        """
        if speakers is not None and speakers < 1:
            raise UsageError("a recording has at least one speaker")
        with self._lock:
            if self._closed:
                raise EngineError("the diarizer was closed")
            spans = parts(speech, audio.duration_ms, self._part_ms)
            asked = speakers if len(spans) == 1 else None
            found = self._listen(audio, spans, asked, tick)
            heard = sum(len({turn.voice for turn in part.turns}) for part in found)
            if speakers is not None and len(spans) > 1 and heard < speakers:
                found = self._listen(audio, spans, speakers, tick)
        return joined(found, speakers, same=self._same, model=self._model)

    def close(self) -> None:
        """End the child, whatever it does."""
        self._closed = True
        self._child.end()

    def _listen(
        self, audio: Audio, spans: tuple[Span, ...], speakers: int | None, tick: Tick
    ) -> list[Part]:
        found = []
        for number, span in enumerate(spans):

            def told(share: float, number: int = number) -> None:
                tick((number + share) / len(spans))

            try:
                found.append(self._child.listen(audio.read(span), span, speakers, told))
            except BaseException:  # also when a person stops it: the child would go on
                self._restart()
                raise
        return found

    def _restart(self) -> None:
        """A fresh child: the one there is busy or gone."""
        self._spent_ms += self._child.cpu_ms
        self._child.end()
        if not self._closed:
            self._child = _Child(self._setup, wait=False)


class SherpaFactory:
    """Registers sherpa-onnx's diarizer; imports nothing of it."""

    name = "sherpa"
    ability = "diarize"
    local = True
    form: type = SherpaOptions
    needs = (
        "library: pip install 'earwitness[sherpa]'",
        "model: a segmentation and an embedding .onnx file; no account, no token",
        "device: the processor; a GPU only with a build of sherpa-onnx made for it",
    )

    def languages(self, options: EngineOptions) -> frozenset[str] | None:
        """None: language plays no part."""
        del options
        return None

    def ready(self, options: EngineOptions) -> Readiness:
        """Whether the library and both model files are there."""
        gone = missing("sherpa_onnx", "sherpa")
        if gone is not None:
            return gone
        try:
            own = read_options(SherpaOptions, options.own)
            _files(own)
            provider = _provider(own, options)
        except (EngineUnavailable, UsageError) as error:
            return Readiness(False, str(error), error.hint)
        return Readiness(True, f"sherpa-onnx {version_of('sherpa-onnx')}, on {provider}")

    def open(self, options: EngineOptions) -> SherpaDiarizer:
        """Load both models in a child process.

        Raises:
            EngineUnavailable: With the hint that mends it.
        """
        readiness = self.ready(options)
        if not readiness.ok:
            raise EngineUnavailable(readiness.why, hint=readiness.hint)
        own = read_options(SherpaOptions, options.own)
        segmentation, embedding = _files(own)
        setup = Setup(
            segmentation=str(segmentation),
            embedding=str(embedding),
            provider=_provider(own, options),
            threads=threads(1),
            threshold=own.threshold,
            shift=own.step,
            least_on_s=own.shortest_turn,
            least_off_s=own.shortest_pause,
        )
        return SherpaDiarizer(setup, own)


class _Child:
    """The child process; used by one thread at a time."""

    def __init__(self, setup: Setup, *, wait: bool = True) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "earwitness.engines.sherpa_child", setup.to_json()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.cpu_ms = 0
        self._ready = False
        if wait:
            self._wait_until_ready()

    def listen(self, sound: bytes, span: Span, speakers: int | None, tick: Tick) -> Part:
        """The turns of one part.

        Raises:
            EngineError: It crashed or gave up.
        """
        stdin, stdout = self._pipes()
        if not self._ready:
            self._wait_until_ready()
        try:
            write_message(stdin, json.dumps({"speakers": speakers or -1}).encode())
            write_message(stdin, sound)
            while "answer" not in (told := _receive(stdout)):
                tick(told["done"] / max(1, told["of"]))
        except (OSError, EOFError) as error:
            status = self._process.wait()
            raise EngineError(
                f"the sherpa-onnx process ended with status {status}", hint=MEMORY_HINT
            ) from error
        self.cpu_ms = int(told["cpu_ms"])
        answer = told["answer"]
        if "error" in answer:
            raise _failed(str(answer["error"]))
        return _part(answer["turns"], answer["prints"], span)

    def end(self) -> None:
        """End it and wait until it is gone."""
        self._process.kill()
        self._process.wait()
        for pipe in self._pipes():
            with suppress(OSError):  # what was not sent is for a process that is gone
                pipe.close()

    def _wait_until_ready(self) -> None:
        try:
            told = _receive(self._pipes()[1])
        except EOFError as error:
            self.end()
            raise _unusable("metadata") from error
        if "error" in told:
            self.end()
            raise _unusable(str(told["error"]))
        self._ready = True

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        return self._process.stdin, self._process.stdout


def _receive(pipe: IO[bytes]) -> dict[str, Any]:
    body = read_message(pipe)
    if body is None:
        raise EOFError
    told: dict[str, Any] = json.loads(body)
    return told


def _part(turns: list[list[float]], prints: dict[str, list[float]], span: Span) -> Part:
    """Seconds of a part as session time, cut to the part."""
    made = []
    for start_s, end_s, voice in turns:
        start_ms = max(0, round(start_s * 1000))
        end_ms = min(round(end_s * 1000), span.duration_ms)
        if start_ms < end_ms:
            made.append(Turn(Span(start_ms, end_ms).shift(span.start_ms), str(int(voice))))
    vectors = {voice: normal(vector) for voice, vector in prints.items()}
    return Part(tuple(made), {voice: v for voice, v in vectors.items() if v is not None})


def _files(own: SherpaOptions) -> tuple[Path, Path]:
    """Both model files.

    Raises:
        EngineUnavailable: One is not named, or not there.
    """
    found = []
    for role, said in (("segmentation", own.segmentation), ("embedding", own.embedding)):
        if said is None:
            raise EngineUnavailable(f"sherpa-onnx needs a {role} model", hint=MODELS_HINT)
        path = Path(said).expanduser()
        if not path.is_file():
            raise EngineUnavailable(
                f"there is no {role} model file {path.name!r}", hint=MODELS_HINT
            )
        found.append(path.resolve())
    return found[0], found[1]


def _provider(own: SherpaOptions, options: EngineOptions) -> str:
    """Where it computes. sherpa-onnx itself falls back to the processor without a word.

    Raises:
        EngineUnavailable: A device that this build does not have.
    """
    asked = own.device or options.device or "cpu"
    if asked == "cuda" and "cuda" not in version_of("sherpa-onnx"):
        raise EngineUnavailable(ONLY_CPU, hint=CPU_HINT)
    if asked == "coreml" and sys.platform != "darwin":
        raise EngineUnavailable("CoreML is there on Apple's machines only", hint=CPU_HINT)
    return asked


def _unusable(kind: str) -> EngineUnavailable:
    """Why the child could not load its models, as an error of ours."""
    if kind == "memory":
        return EngineUnavailable(
            "there is not enough memory for sherpa-onnx's models", hint="use a smaller embedding"
        )
    if kind == "library":
        return EngineUnavailable(
            "sherpa_onnx is installed and cannot be loaded",
            hint="pip install --force-reinstall 'earwitness[sherpa]'",
        )
    return EngineUnavailable(
        "these files are not the models that sherpa-onnx diarizes with", hint=MODELS_HINT
    )


def _failed(kind: str) -> EngineError:
    if kind == "memory":
        return EngineError("sherpa-onnx ran out of memory", hint=MEMORY_HINT)
    return EngineError("sherpa-onnx failed on this recording", hint="--diarizer embedded")
