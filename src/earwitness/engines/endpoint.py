"""endpoint: transcribers behind an OpenAI-compatible audio address - OpenAI, Groq, or your own.

Sound leaves this machine, unless the address is this machine's own; so it is never chosen, only
named. A chunk is one request. The first one finds out what the service gives: word times, segment
times or text alone, from FLAC or from WAV; the others ask for that at once. How failures are
handled stands in `service` and `core.retry`.

What a service gives cannot be made again: it may change its model at any time. Results are
remembered by the service's place, the model and the day.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from earwitness.core.breaker import Breaker, Thresholds
from earwitness.core.errors import EngineUnavailable, Fault, ServiceError, UsageError
from earwitness.core.ports import RATE_HZ, Audio, Chunking, EngineOptions, Readiness
from earwitness.core.services import Dependency
from earwitness.core.speech import Chunk, Heard, Segment
from earwitness.core.spending import Call, tell
from earwitness.engines.endpoint_answer import read_answer
from earwitness.engines.endpoint_form import OPENAI, Address, EndpointForm, read_address, read_form
from earwitness.engines.endpoint_http import Line
from earwitness.engines.endpoint_usage import Asking
from earwitness.engines.service import Service
from earwitness.media.encode import flac, wav

CHUNKING: Final = Chunking(
    target_ms=28_000, limit_ms=30_000, join_gap_ms=2_000, pad_ms=300, overlap_ms=2_000
)
"""Nearly all of these services run Whisper, which looks at 30 s whatever it is given."""

UPLOAD_BYTES: Final = 24_000_000
"""Services take 25 MB; a chunk of 30 s has one."""

PROMPT_CHARS: Final = 800
"""Whisper reads the last 224 tokens of a prompt."""

FORM_REFUSED: Final = frozenset({400, 415, 422, 501})
"""Statuses by which services say that they do not know a format that was asked for."""

TELLING: Final = 3
"""So many chunks refused in every form, and none that was taken: the others will be, too."""

LISTENS_S: Final = 0.5

_PATH: Final = "/audio/transcriptions"
_ENCODE: Final[dict[str, Callable[[bytes], bytes]]] = {"flac": flac, "wav": wav}


@dataclass(frozen=True, slots=True)
class Manner:
    """How a service is asked.

    Attributes:
        response_format: `verbose_json` or `json`.
        words: Word times are asked for.
        sound: `flac` or `wav`.
    """

    response_format: str
    words: bool
    sound: str


def manners(form: EndpointForm) -> tuple[Manner, ...]:
    """All manners that the user allows, best first."""
    formats = [("verbose_json", True), ("verbose_json", False), ("json", False)]
    if form.response_format != "auto":
        formats = [each for each in formats if each[0] == form.response_format]
    sounds = ("flac", "wav") if form.sound == "flac" else ("wav",)
    return tuple(Manner(*each, sound) for sound in sounds for each in formats)


class EndpointTranscriber:
    """Asks one service; threads share it, and wait for their turn."""

    chunking = CHUNKING

    def __init__(
        self, form: EndpointForm, options: EngineOptions, *, key: str | None, service: Service
    ) -> None:
        """Nothing is sent before the first chunk."""
        assert options.model is not None
        self._model = options.model
        self._address = read_address(form.base_url)
        self._line = Line(self._address, key, form.timeout_s)
        self._service = service
        self._prompt = _prompt(options.vocabulary)
        self._at_once = min(form.concurrency, max(1, options.workers))
        self._turns = threading.BoundedSemaphore(self._at_once)
        self._manners = manners(form)
        self._manner: Manner | None = None
        self._finding = threading.Lock()
        self._refused = 0
        said = [self._address.place, self._model, options.day or "undated", form.response_format]
        self._fingerprint = "endpoint/1 " + " ".join([*said, self._prompt]).strip()

    @property
    def name(self) -> str:
        """For people: model, place, and what must be known of it."""
        return f"openai {self._model} at {self._address.host} (not reproducible)"

    @property
    def fingerprint(self) -> str:
        """Place, model, day, and what changes what it is asked."""
        return self._fingerprint

    @property
    def at_once(self) -> int:
        """Requests at the same time."""
        return self._at_once

    def transcribe(self, audio: Audio, chunk: Chunk, language: str | None) -> tuple[Segment, ...]:
        """Words of one chunk.

        Raises:
            ServiceError: As `hear`.
        """
        return self.hear(audio, chunk, language).segments

    def hear(self, audio: Audio, chunk: Chunk, language: str | None) -> Heard:
        """Words of one chunk, and a remark where their times are estimates.

        Raises:
            CircuitBreakerOpenError: The service is down and was not asked.
            ServiceError: It gave no words for this chunk.
        """
        self._service.check()
        samples = audio.read(chunk.span, chunk.track)
        if not chunk.speech or not samples:
            return Heard(())
        with self._turns:
            return self._asked(samples, chunk, language)

    def close(self) -> None:
        """Let go of all that waits, and end all connections."""
        self._service.close()
        self._line.close()

    def _asked(self, samples: bytes, chunk: Chunk, language: str | None) -> Heard:
        """Ask in the manner that is known to work; the first chunk finds it for all."""
        manner = self._manner
        if manner is not None:
            return self._ask(manner, samples, chunk, language)
        with self._finding:
            if self._manner is None:
                return self._found(samples, chunk, language)
        return self._ask(self._manner, samples, chunk, language)

    def _found(self, samples: bytes, chunk: Chunk, language: str | None) -> Heard:
        first: ServiceError | None = None
        for manner in self._manners:
            try:
                answer = self._ask(manner, samples, chunk, language)
            except ServiceError as error:
                if error.status not in FORM_REFUSED or error.final:
                    raise
                first = first or error
                continue
            self._manner = manner
            return answer
        assert first is not None
        self._refused += 1
        if self._refused >= TELLING:
            self._service.refuse(first)
        raise first

    def _ask(self, manner: Manner, samples: bytes, chunk: Chunk, language: str | None) -> Heard:
        sound = _ENCODE[manner.sound](samples)
        if len(sound) > UPLOAD_BYTES:
            raise ServiceError(
                f"the chunk at {chunk.span.start_ms} ms is too large to be sent",
                fault="client",
                hint="--from cut cuts it again, into smaller pieces",
            )
        fields: dict[str, str | list[str]] = {
            "model": self._model,
            "response_format": manner.response_format,
        }
        if manner.words:
            fields["timestamp_granularities[]"] = ["word", "segment"]
        if language is not None:
            fields["language"] = language
        if self._prompt:
            fields["prompt"] = self._prompt
        file = (f"chunk.{manner.sound}", sound, f"audio/{manner.sound}")

        asking, answered, faults = Asking(), False, list[Fault]()

        def attempt() -> Heard:
            asking.attempts += 1
            told = self._line.post(_PATH, fields, file, asking=asking)
            return read_answer(told, chunk, language)

        try:
            heard = self._service.call(attempt, heard=lambda error: faults.append(error.fault))
            answered = True
            return heard
        finally:
            if asking.attempts:
                told = self._call(asking, len(samples), answered=answered)
                tell(replace(told, faults=tuple(faults)))

    def _call(self, asking: Asking, sound_bytes: int, *, answered: bool) -> Call:
        tokens_in, tokens_out = asking.tokens()
        return Call(
            service=self._address.host,
            model=self._model,
            operation="transcribe",
            answered=answered,
            attempts=asking.attempts,
            audio_ms=sound_bytes * 1000 // (2 * RATE_HZ),
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            sent_bytes=asking.sent_bytes or None,
            received_bytes=asking.received_bytes or None,
        )


class EndpointFactory:
    """Opens an endpoint; never chosen but by name."""

    name = "openai"
    ability = "transcribe"
    local = False
    form = EndpointForm
    needs = (
        "library: comes with the install",
        "model: the service's own, named after a colon: --transcriber openai:whisper-1",
        "key: EARWITNESS_OPENAI_API_KEY, where the service asks for one",
        "address: OpenAI's, and sound is sent there; or yours: --engine-option base_url=...",
        "device: the service's own",
    )

    def stays_here(self, options: EngineOptions) -> bool:
        """Whether the address is this machine's own; a tunnel behind it cannot be seen."""
        try:
            return read_form(options.own)[1].loopback
        except UsageError:
            return False

    def languages(self, _options: EngineOptions) -> frozenset[str] | None:
        """None: which ones is the service's affair."""
        return None

    def breakers(self, options: EngineOptions) -> tuple[Breaker, ...]:
        """That of the service at its address; none while no model is said."""
        form, address = read_form(options.own)
        return (_breaker(form, address, options),) if options.model else ()

    def ready(self, options: EngineOptions) -> Readiness:
        """Whether all that it needs was said; sends nothing, sees only if this machine listens."""
        try:
            form, address = read_form(options.own)
        except UsageError as error:
            return Readiness(False, str(error), error.hint)
        lacks = _lacks(options, address)
        if lacks is not None:
            return lacks
        state = _breaker(form, address, options).state.lower().replace("_", "-")
        key = "with a key" if _key(options, address) else "without a key"
        goes = "stays on this machine" if address.loopback else "sound is sent there"
        where = f"{options.model} at {address.host}"
        return Readiness(True, f"{where}, {key}; {goes}; circuit breaker {state}")

    def open(self, options: EngineOptions) -> EndpointTranscriber:
        """Get ready to ask.

        Raises:
            EngineUnavailable: Something it needs was not said, or nothing listens there.
        """
        ready = self.ready(options)
        if not ready.ok:
            raise EngineUnavailable(ready.why, hint=ready.hint)
        form, address = read_form(options.own)
        service = Service(
            address.host,
            _breaker(form, address, options),
            limit_s=form.timeout_s,
            lapses=2,
            pause=options.services.pause,
        )
        return EndpointTranscriber(form, options, key=_key(options, address), service=service)


def _breaker(form: EndpointForm, address: Address, options: EngineOptions) -> Breaker:
    which = Dependency("transcribe", address.place, options.model or "")
    usual = options.services.limits(which)
    said = Thresholds(
        form.breaker_failures or usual.failures, form.breaker_reset_s or usual.reset_s
    )
    return options.services.breaker(which, limit_s=form.timeout_s, own=said)


def _key(options: EngineOptions, address: Address) -> str | None:
    """The key for this place: OpenAI's own goes to OpenAI alone."""
    keys = {name: key.strip() for name, key in options.keys}
    own = keys.get("openai_account_key") if address.url == OPENAI else None
    return keys.get("openai_api_key") or own or None


def _lacks(options: EngineOptions, address: Address) -> Readiness | None:
    """What is missing; None when nothing is."""
    if not options.model:
        return Readiness(
            False, "it is not said which model", "--transcriber openai:whisper-1, or --model"
        )
    if options.offline and not address.loopback:
        return Readiness(
            False, f"{address.host} is not on this machine, and --offline holds", "leave it out"
        )
    key = _key(options, address)
    if key is not None and not (key.isascii() and key.isprintable()):
        return Readiness(False, "the key holds signs that no key has", "copy it once more")
    if address.url == OPENAI and key is None:
        return Readiness(
            False,
            f"{address.host} needs a key",
            "set EARWITNESS_OPENAI_API_KEY; or --engine-option base_url=... for a server of yours",
        )
    if address.loopback and not _listens(address):
        return Readiness(False, f"nothing listens at {address.host}", "start the server there")
    return None


def _listens(address: Address) -> bool:
    try:
        with socket.create_connection((address.name, address.port), timeout=LISTENS_S):
            return True
    except OSError:
        return False


def _prompt(vocabulary: tuple[str, ...]) -> str:
    """Names and terms as the end of something that was said; the first ones, if there are many."""
    prompt = ""
    for term in vocabulary:
        longer = f"{prompt}, {term}" if prompt else term
        if len(longer) > PROMPT_CHARS:
            break
        prompt = longer
    return prompt
