"""Models that onnx-asr is used for: NVIDIA's Parakeet and Canary, and what each knows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from earwitness.core.errors import EngineUnavailable, UsageError
from earwitness.core.language import read_language
from earwitness.engines.model_hub import HubModel

Kind = Literal[
    "nemo-conformer-ctc", "nemo-conformer-rnnt", "nemo-conformer-tdt", "nemo-conformer-aed"
]
Languages = frozenset[str]

ENGLISH: Final[Languages] = frozenset({"en"})
EUROPEAN: Final[Languages] = frozenset({
    "bg", "hr", "cs", "da", "nl", "en", "et", "fi", "fr", "de", "el", "hu", "it",
    "lv", "lt", "mt", "pl", "pt", "ro", "sk", "sl", "es", "sv", "ru", "uk",
})  # fmt: skip
"""The 25 languages of Parakeet v3 and Canary v2, as their model cards list them."""

_TRANSDUCER: Final = ("encoder-model", "decoder_joint-model")
FILES: Final[dict[Kind, tuple[str, ...]]] = {
    "nemo-conformer-ctc": ("model",),
    "nemo-conformer-rnnt": _TRANSDUCER,
    "nemo-conformer-tdt": _TRANSDUCER,
    "nemo-conformer-aed": ("encoder-model", "decoder-model"),
}
"""The ONNX files of each kind, without their ending."""


@dataclass(frozen=True, slots=True)
class Published:
    """A model that has a short name.

    Attributes:
        name: As people call it.
        repo: On the model hub, converted for onnx-asr.
        kind: How it is decoded.
        languages: It would invent text in others.
        parameters_m: Millions; a number takes 4 bytes, or 1 with 8 bits.
    """

    name: str
    repo: str
    kind: Kind
    languages: Languages
    parameters_m: int


PUBLISHED: Final = (
    Published(
        "parakeet-tdt-0.6b-v3",
        "istupakov/parakeet-tdt-0.6b-v3-onnx",
        "nemo-conformer-tdt",
        EUROPEAN,
        620,
    ),
    Published(
        "parakeet-tdt-0.6b-v2",
        "istupakov/parakeet-tdt-0.6b-v2-onnx",
        "nemo-conformer-tdt",
        ENGLISH,
        620,
    ),
    Published(
        "parakeet-ctc-0.6b",
        "istupakov/parakeet-ctc-0.6b-onnx",
        "nemo-conformer-ctc",
        ENGLISH,
        610,
    ),
    Published(
        "parakeet-rnnt-0.6b",
        "istupakov/parakeet-rnnt-0.6b-onnx",
        "nemo-conformer-rnnt",
        ENGLISH,
        620,
    ),
    Published("canary-1b-v2", "istupakov/canary-1b-v2-onnx", "nemo-conformer-aed", EUROPEAN, 980),
)
DEFAULT: Final = PUBLISHED[0]
NAMES: Final = ", ".join(model.name for model in PUBLISHED)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The model that would be used.

    Attributes:
        name: To show.
        kind: How it is decoded.
        languages: None when nobody knows.
        folder: On this machine, when it was named; None for one of the hub's.
        hub: Where it comes from, when it is the hub's.
    """

    name: str
    kind: Kind
    languages: Languages | None
    folder: Path | None
    hub: HubModel | None


def choose(
    model: str | None, *, kind: Kind | None, languages: str | None, quantization: str | None
) -> Chosen:
    """The model of a name or a folder.

    Args:
        model: None: the multilingual Parakeet.
        kind: Of a model in a folder, when the folder's name does not tell.
        languages: Codes that a model in a folder knows, with commas.
        quantization: Part of the files' names.

    Raises:
        EngineUnavailable: There is no such model, or the folder does not hold one.
        UsageError: A language is unknown.
    """
    if model is None:
        return _published(DEFAULT, quantization)
    folder = Path(model).expanduser()
    if folder.is_dir():
        return _in_folder(folder.resolve(), kind, languages, quantization)
    bare = model.removeprefix("nemo-")
    for item in PUBLISHED:
        if bare in (item.name, item.repo):
            return _published(item, quantization)
    if len(folder.parts) > 1 or model.startswith((".", "~")):
        raise EngineUnavailable(
            f"there is no model folder {folder.name!r}", hint="check the path given as model"
        )
    raise EngineUnavailable(
        f"onnx-asr is not used for a model {model!r}", hint=f"a folder, or one of: {NAMES}"
    )


def files_of(kind: Kind, quantization: str | None) -> tuple[str, ...]:
    """Patterns of a model's files, each of which must find one."""
    suffix = f"?{quantization}" if quantization else ""
    return (*(f"{stem}{suffix}.onnx" for stem in FILES[kind]), "vocab.txt")


def _published(item: Published, quantization: str | None) -> Chosen:
    needed = files_of(item.kind, quantization)
    data = tuple(f"{name}?data" for name in needed if name.endswith(".onnx"))
    size_mb = item.parameters_m * (1 if quantization == "int8" else 4)
    hub = HubModel(item.repo, ("config.json", *needed, *data), needed, size_mb=size_mb)
    return Chosen(item.name, item.kind, item.languages, None, hub)


def _in_folder(
    folder: Path, kind: Kind | None, languages: str | None, quantization: str | None
) -> Chosen:
    known = next((i for i in PUBLISHED if folder.name in (i.name, i.repo.partition("/")[2])), None)
    kind = kind or (known.kind if known else _guessed(folder))
    if kind is None:
        raise EngineUnavailable(
            f"{folder.name} does not tell what kind of model it holds",
            hint="--engine-option onnx-asr.kind=nemo-conformer-tdt (or -ctc, -rnnt, -aed)",
        )
    for pattern in files_of(kind, quantization):
        if not any(path.is_file() for path in folder.glob(pattern)):
            raise EngineUnavailable(
                f"{folder.name} is no {kind} model: {pattern.replace('?', '.')} is missing",
                hint="see istupakov.github.io/onnx-asr/conversion, or leave --model away",
            )
    codes = _codes(languages) if languages else (known.languages if known else None)
    return Chosen(folder.name, kind, codes, folder, None)


def _guessed(folder: Path) -> Kind | None:
    """What the files alone tell; a transducer's two ways of decoding they do not."""
    if any(folder.glob("decoder-model*.onnx")):
        return "nemo-conformer-aed"
    if any(folder.glob("decoder_joint-model*.onnx")):
        return None
    return "nemo-conformer-ctc" if any(folder.glob("model*.onnx")) else None


def _codes(text: str) -> Languages:
    codes = {read_language(code.strip()) for code in text.split(",") if code.strip()}
    if None in codes or not codes:
        raise UsageError("languages are codes with commas between", hint="languages=en,nl")
    return frozenset(code for code in codes if code)
