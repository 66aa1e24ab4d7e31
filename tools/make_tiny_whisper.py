"""Make a Whisper model of random weights in CTranslate2's format, for tests and for timing.

    python tools/make_tiny_whisper.py FOLDER [--english-only] [--shape tiny|small|...] [--seed N]

Needs what Earwitness itself needs, neither torch nor transformers. The default is a model of
0.8 MB, made in a second, that goes through all the motions of a real one: it names a language,
places timestamps, says a few words and stops. What it says is noise: check shapes, order and
routing with it, never text. With `--shape` the weights have a published size, so that time can be
measured where no hub can be reached (time per word is right, the number of words is not).
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ctranslate2.specs import LayerSpec, WhisperSpec
from ctranslate2.specs.model_spec import visit_spec
from faster_whisper.tokenizer import _LANGUAGE_CODES

WORDS = ("the", "dragon", "stone", "river", "king", "door", "of", "fire", "gold", "moon", "to", "a")
"""What the model can say, besides single bytes."""


@dataclass(frozen=True)
class Shape:
    """Width, encoder layers, decoder layers, heads, mel bands and size of the vocabulary."""

    width: int
    encoder: int
    decoder: int
    heads: int
    mels: int = 80
    tokens: int = 0


SHAPES = {
    "toy": Shape(32, 2, 2, 2),
    "tiny": Shape(384, 4, 4, 6, tokens=51_865),
    "base": Shape(512, 6, 6, 8, tokens=51_865),
    "small": Shape(768, 12, 12, 12, tokens=51_865),
    "medium": Shape(1024, 24, 24, 16, tokens=51_865),
    "large-v3": Shape(1280, 32, 32, 20, 128, 51_866),
    "large-v3-turbo": Shape(1280, 32, 4, 20, 128, 51_866),
}
"""`toy` is for tests; the others are the published sizes."""

FRAMES = 1_500
POSITIONS = 448
LONGEST = {"toy": 12, "real": 100}
"""About this many tokens after the start, the model ends what it says; 100 is brisk talk."""


def byte_letters() -> list[str]:
    """The letters that stand for bytes in GPT-2's vocabulary (Radford et al., 2019)."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in shown]
    letters = {byte: chr(byte) for byte in shown}
    letters |= {byte: chr(256 + place) for place, byte in enumerate(hidden)}
    return [letters[byte] for byte in range(256)]


def vocabulary(*, multilingual: bool, tokens: int) -> list[str]:
    """Tokens in Whisper's order: text, the special ones, one timestamp per 20 ms up to 30 s."""
    text = byte_letters() + [f"\u0120{word}" for word in WORDS]
    special = ["<|endoftext|>", "<|startoftranscript|>"]
    special += [f"<|{code}|>" for code in _LANGUAGE_CODES]
    special += ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>"]
    special += ["<|nospeech|>", "<|notimestamps|>"]
    times = [f"<|{step * 0.02:.2f}|>" for step in range(FRAMES + 1)]
    # CTranslate2 takes a model for multilingual when the empty string is one of its tokens.
    empty = [""] if multilingual else []
    spare = max(0, tokens - len(text) - len(empty) - len(special) - len(times))
    return text + [f"\u0120w{number}" for number in range(spare)] + empty + special + times


def tokenizer(words: list[str]) -> dict[str, object]:
    """What goes into tokenizer.json: byte-level, with no merges, so that only bytes are encoded."""
    known = {word: number for number, word in enumerate(words)}
    level = {
        "type": "ByteLevel",
        "add_prefix_space": False,
        "trim_offsets": True,
        "use_regex": True,
    }
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    special = [
        {"id": number, "content": word, "special": not word[2].isdigit()} | flags
        for word, number in known.items()
        if word.startswith("<|")
    ]
    model = {"type": "BPE", "vocab": known, "merges": [], "unk_token": None, "dropout": None}
    model |= {"continuing_subword_prefix": "", "end_of_word_suffix": ""}
    model |= {"fuse_unk": False, "byte_fallback": False}
    plain = dict.fromkeys(("truncation", "padding", "normalizer", "post_processor"))
    wired = {"added_tokens": special, "pre_tokenizer": level, "decoder": level, "model": model}
    return {"version": "1.0"} | plain | wired


def weights(spec: WhisperSpec, shape: Shape, words: list[str], seed: int) -> None:
    """Fill every weight that the spec asks for."""
    random = np.random.default_rng(seed)
    width = shape.width
    sizes = {
        "conv1": (width, shape.mels, 3),
        "conv2": (width, width, 3),
        "self_attention/linear_0": (3 * width, width),
        "attention/linear_1": (2 * width, width),
        "ffn/linear_0": (4 * width, width),
        "ffn/linear_1": (width, 4 * width),
        "embeddings": (len(words), width),
        "projection": (len(words), width),
        "encoder/position_encodings": (FRAMES, width),
        "decoder/position_encodings": (POSITIONS, width),
    }

    def fill(layer: LayerSpec, name: str, value: object) -> None:
        attribute = name.rpartition("/")[2]
        size = next((size for part, size in sizes.items() if f"{part}/" in name), (width, width))
        if attribute in {"weight", "encodings"}:
            scale = 1.0 if attribute == "encodings" or "embeddings" in name else size[-1] ** -0.5
            made = random.normal(0, scale, size)
            setattr(layer, attribute, made.astype(np.float16))
        elif attribute == "bias":
            setattr(layer, attribute, np.zeros(size[0], np.float32))
        elif attribute in {"gamma", "beta"}:
            setattr(layer, attribute, np.full(width, attribute == "gamma", np.float32))

    visit_spec(spec, fill)
    steer(spec, shape, words)


def steer(spec: WhisperSpec, shape: Shape, words: list[str]) -> None:
    """Make random weights behave: mostly words, some timestamps, and an end before long.

    The first dimension carries the position alone, and only the end of text listens to it.
    """
    end = words.index("<|endoftext|>")
    first_time = words.index("<|0.00|>")
    longest = LONGEST["real" if shape.tokens else "toy"]
    ramp = np.clip(np.arange(POSITIONS) / longest - 1, -1, 1) * shape.width**0.5
    spec.decoder.embeddings.weight[:, 0] = 0
    spec.decoder.position_encodings.encodings[:, 0] = 2 * ramp
    spec.decoder.projection.weight[:, 0] = 0
    spec.decoder.projection.weight *= 1.5
    spec.decoder.projection.weight[end] = 0
    spec.decoder.projection.weight[end, 0] = 8
    bias = spec.decoder.projection.bias
    bias[:256] = -3
    bias[end + 1 : first_time] = -3
    bias[first_time:] = -6


def make(
    folder: Path, *, multilingual: bool = True, shape: Shape = SHAPES["toy"], seed: int = 7
) -> None:
    """Write model.bin, config.json, vocabulary.json and tokenizer.json into a folder."""
    words = vocabulary(multilingual=multilingual, tokens=shape.tokens)
    spec = WhisperSpec(shape.encoder, shape.heads, shape.decoder, shape.heads)
    weights(spec, shape, words, seed)
    spec.register_vocabulary(words)
    languages = [words.index(f"<|{code}|>") for code in _LANGUAGE_CODES]
    spec.config.lang_ids = languages
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [words.index("\u0120"), words.index("<|endoftext|>")]
    heads = range(shape.heads)
    spec.config.alignment_heads = [
        (layer, head) for layer in range(shape.decoder // 2, shape.decoder) for head in heads
    ]
    spec.validate()
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer(words)), encoding="utf-8")
    extraction = {"feature_size": shape.mels}
    (folder / "preprocessor_config.json").write_text(json.dumps(extraction), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--english-only", action="store_true")
    parser.add_argument("--shape", choices=sorted(SHAPES), default="toy")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    shape = SHAPES[given.shape]
    make(given.folder, multilingual=not given.english_only, shape=shape, seed=given.seed)
    size = sum(file.stat().st_size for file in given.folder.iterdir())
    print(f"{given.folder}: {size:,} bytes")


if __name__ == "__main__":
    main()
