"""Make NeMo-like ONNX models for onnx-asr, tiny and honest, for tests.

    python tools/make_tiny_onnx_asr.py FOLDER [--kind tdt|rnnt|ctc|aed]

Needs numpy and onnx. They are no trained models: they say "lower" when they hear a low hum and
"high" when they hear a high one, in the frame in which it begins; the one like Canary says the same
words whatever it hears, the second in the language it was told. Their files, inputs, outputs and
vocabulary are laid out like the published ones.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

MELS = 80
FRAMES = 8
"""Frames of 10 ms that one step of the encoder covers."""
DURATIONS = 5
SPOKEN = ("\u2581low", "er", "\u2581high")
LANGUAGES = ("en", "nl", "de")
FAR = 1_000.0

Arrays = dict[str, NDArray[np.generic]]


def bands() -> NDArray[np.float32]:
    """From 80 mel bands to how loud it is below about 900 Hz, and above about 2.5 kHz."""
    made = np.zeros((MELS, 2), np.float32)
    made[:25, 0] = made[55:, 1] = 1 / 25
    return made


APART = np.array([[1, -1], [-1, 1]], np.float32)
"""How much louder each of the two is than the other."""


def hearing() -> list[onnx.NodeProto]:
    """From features to `heard`: two numbers for each step, both 0 where it is quiet."""
    return [
        helper.make_node(
            "AveragePool",
            ["audio_signal"],
            ["pooled"],
            kernel_shape=[FRAMES],
            strides=[FRAMES],
            ceil_mode=1,
        ),
        helper.make_node("Transpose", ["pooled"], ["steps"], perm=[0, 2, 1]),
        helper.make_node("MatMul", ["steps", "bands"], ["levels"]),
        helper.make_node("Relu", ["levels"], ["loud"]),
        helper.make_node("MatMul", ["loud", "apart"], ["heard"]),
    ]


def encoder(path: Path, *, outputs: tuple[str, str], across: bool) -> None:
    """Features (batch, 80, frames) to steps of 80 ms; `across`: (batch, size, steps)."""
    nodes = hearing()
    if across:
        nodes.append(helper.make_node("Transpose", ["heard"], [outputs[0]], perm=[0, 2, 1]))
    else:
        nodes.append(helper.make_node("Identity", ["heard"], [outputs[0]]))
    nodes += [
        helper.make_node("Add", ["length", "seven"], ["longer"]),
        helper.make_node("Div", ["longer", "eight"], ["counted"]),
    ]
    constants: Arrays = {
        "bands": bands(),
        "apart": APART,
        "seven": np.array(FRAMES - 1, np.int64),
        "eight": np.array(FRAMES, np.int64),
    }
    if across:
        nodes.append(helper.make_node("Identity", ["counted"], [outputs[1]]))
        shape: list[object] = ["B"]
    else:  # a mask: Canary's decoder is told which steps hold sound
        nodes += [
            helper.make_node("Shape", ["heard"], ["sizes"]),
            helper.make_node("Slice", ["sizes", "zero", "two"], ["two_sizes"]),
            helper.make_node("ConstantOfShape", ["two_sizes"], [outputs[1]], value=_one()),
        ]
        constants |= {"zero": np.array([0], np.int64), "two": np.array([2], np.int64)}
        shape = ["B", "T"]
    _save(
        path,
        nodes,
        constants,
        inputs=[_float("audio_signal", ["B", MELS, "L"]), _int("length", ["B"])],
        outputs=[_float(outputs[0], ["B", None, None]), _int(outputs[1], shape)],
    )


def _one() -> onnx.TensorProto:
    return helper.make_tensor("one", TensorProto.INT64, [1], [1])


def decoder_joint(path: Path, *, durations: int) -> None:
    """One step and the last token to the next one; what was just said is not said again."""
    size = len(SPOKEN) + 1 + durations
    scores = np.zeros((2, size), np.float32)
    scores[0, :2] = 1
    scores[1, 2] = 1
    scores[:, 3] = 0
    after = np.zeros((len(SPOKEN) + 1, size), np.float32)
    after[0, [0]] = -FAR
    after[1, [0, 1]] = -FAR
    after[2, [1, 2]] = -FAR
    after[3, 1] = -FAR
    bias = np.zeros(size, np.float32)
    bias[3] = 0.4
    if durations:
        bias[len(SPOKEN) + 2] = 1  # always one step
    constants: Arrays = {
        "scores": scores,
        "after": after,
        "bias": bias,
        "shape": np.array([1, 1, 1, size], np.int64),
    }
    nodes = [
        helper.make_node("Transpose", ["encoder_outputs"], ["step"], perm=[0, 2, 1]),
        helper.make_node("MatMul", ["step", "scores"], ["scored"]),
        helper.make_node("Gather", ["after", "targets"], ["allowed"]),
        helper.make_node("Add", ["scored", "allowed"], ["both"]),
        helper.make_node("Add", ["both", "bias"], ["flat"]),
        helper.make_node("Reshape", ["flat", "shape"], ["outputs"]),
        helper.make_node("Identity", ["input_states_1"], ["output_states_1"]),
        helper.make_node("Identity", ["input_states_2"], ["output_states_2"]),
        helper.make_node("Identity", ["target_length"], ["prednet_lengths"]),
    ]
    states = [[1, 1, 4], [1, 1, 4]]
    _save(
        path,
        nodes,
        constants,
        inputs=[
            _float("encoder_outputs", ["B", 2, 1]),
            _small("targets", ["B", 1]),
            _small("target_length", ["B"]),
            _float("input_states_1", states[0]),
            _float("input_states_2", states[1]),
        ],
        outputs=[
            _float("outputs", [1, 1, 1, size]),
            _small("prednet_lengths", ["B"]),
            _float("output_states_1", states[0]),
            _float("output_states_2", states[1]),
        ],
    )


def ctc(path: Path) -> None:
    """Features to a score for each token at each step; a repeated token is one."""
    scores = np.zeros((2, len(SPOKEN) + 1), np.float32)
    scores[0, 0] = scores[1, 2] = 5
    scores[:, 1] = -1
    constants: Arrays = {
        "bands": bands(),
        "apart": APART,
        "scores": scores,
        "bias": np.array([0, -FAR, 0, 2], np.float32),
        "eight": np.array(FRAMES, np.int64),
    }
    nodes = [
        *hearing(),
        helper.make_node("MatMul", ["heard", "scores"], ["scored"]),
        helper.make_node("Add", ["scored", "bias"], ["likely"]),
        helper.make_node("LogSoftmax", ["likely"], ["logprobs"], axis=-1),
        # onnx-asr counts the steps itself, so the length is not needed; it must be taken, though.
        helper.make_node("Div", ["length", "eight"], ["steps_counted"]),
    ]
    _save(
        path,
        nodes,
        constants,
        inputs=[_float("audio_signal", ["B", MELS, "L"]), _int("length", ["B"])],
        outputs=[
            _float("logprobs", ["B", None, len(SPOKEN) + 1]),
            _int("steps_counted", ["B"]),
        ],
    )


def canary_vocabulary() -> list[str]:
    """Words, then the marks that Canary's prompt is made of."""
    marks = ["startofcontext", "startoftranscript", "emo:undefined", *LANGUAGES, "pnc", "nopnc"]
    marks += ["noitn", "notimestamp", "nodiarize", "endoftext"]
    return [*SPOKEN, "\u2581", *(f"<|{mark}|>" for mark in marks)]


def canary_decoder(path: Path) -> None:
    """After the prompt "lower", then "high", then the end, told by the last token alone."""
    tokens = canary_vocabulary()
    size, end = len(tokens), tokens.index("<|endoftext|>")
    after = np.full((size, size), -5.0, np.float32)
    after[:, end] = 1
    for here, there in ((tokens.index("<|nodiarize|>"), 0), (0, 1), (1, 2)):
        after[here, there] = 5
    constants: Arrays = {
        "after": after,
        "first": np.array([1], np.int64),
        "shape": np.array([1, 1, -1, 2], np.int64),
        "axes": np.array([0], np.int64),
    }
    nodes = [
        helper.make_node("Gather", ["after", "input_ids"], ["scored"]),
        helper.make_node("LogSoftmax", ["scored"], ["logits"], axis=-1),
        # What is remembered is not looked at; it has the right shape, and that is all.
        helper.make_node("Cast", ["input_ids"], ["ids"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["ids", "last"], ["column"]),
        helper.make_node("Concat", ["column", "column"], ["pair"], axis=2),
        helper.make_node("Unsqueeze", ["pair", "axes"], ["new"]),
        helper.make_node("Concat", ["decoder_mems", "new"], ["decoder_hidden_states"], axis=2),
        helper.make_node("ReduceSum", ["encoder_embeddings"], ["heard"], keepdims=0),
        helper.make_node("ReduceSum", ["encoder_mask"], ["steps"], keepdims=0),
    ]
    constants |= {"last": np.array([2], np.int64)}
    del constants["first"], constants["shape"]
    _save(
        path,
        nodes,
        constants,
        inputs=[
            _int("input_ids", ["B", "U"]),
            _float("encoder_embeddings", ["B", "T", 2]),
            _int("encoder_mask", ["B", "T"]),
            _float("decoder_mems", [1, "B", "M", 2]),
        ],
        outputs=[
            _float("logits", ["B", "U", size]),
            _float("decoder_hidden_states", [1, "B", "N", 2]),
            _float("heard", []),
            _int("steps", []),
        ],
    )


def _float(name: str, shape: list[object]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def _int(name: str, shape: list[object]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.INT64, shape)


def _small(name: str, shape: list[object]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.INT32, shape)


def _save(
    path: Path,
    nodes: list[onnx.NodeProto],
    constants: Arrays,
    *,
    inputs: list[onnx.ValueInfoProto],
    outputs: list[onnx.ValueInfoProto],
) -> None:
    made = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, path.stem, inputs, outputs, made)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def make(folder: Path, kind: str = "tdt") -> Path:
    """Write a model of one kind; returns its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    tokens = [*SPOKEN, "<blk>"]
    if kind == "ctc":
        ctc(folder / "model.onnx")
    elif kind == "aed":
        tokens = canary_vocabulary()
        encoder(
            folder / "encoder-model.onnx",
            outputs=("encoder_embeddings", "encoder_mask"),
            across=False,
        )
        canary_decoder(folder / "decoder-model.onnx")
    else:
        encoder(folder / "encoder-model.onnx", outputs=("outputs", "encoded_lengths"), across=True)
        durations = DURATIONS if kind == "tdt" else 0
        decoder_joint(folder / "decoder_joint-model.onnx", durations=durations)
    lines = [f"{token} {number}\n" for number, token in enumerate(tokens)]
    (folder / "vocab.txt").write_text("".join(lines), encoding="utf-8")
    config = {"model_type": f"nemo-conformer-{kind}", "features_size": MELS}
    config |= {"subsampling_factor": FRAMES}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kind", choices=("tdt", "rnnt", "ctc", "aed"), default="tdt")
    given = parser.parse_args()
    for path in sorted(make(given.folder, given.kind).iterdir()):
        print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
