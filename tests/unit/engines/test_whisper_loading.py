"""What CTranslate2 says when it cannot load, as errors of ours."""

import pytest

from earwitness.engines.whisper_loading import Device, _unavailable


@pytest.mark.parametrize(
    ("error", "says", "hint"),
    [
        (
            RuntimeError("CUDA failed with error CUDA driver version is insufficient"),
            "driver",
            "--device cpu",
        ),
        (RuntimeError("Library libcublas.so.12 is not found"), "cuBLAS", "nvidia-cublas-cu12"),
        (RuntimeError("Unable to load any of {libcudnn_ops.so.9}"), "cuDNN", "nvidia-cudnn-cu12"),
        (RuntimeError("CUDA failed with error out of memory"), "memory", "--model small"),
        (MemoryError(), "memory", "--model small"),
        (
            ValueError("Requested float16 compute type, but the target device does not support"),
            "compute",
            "--device cpu",
        ),
        (RuntimeError("Unsupported model binary version"), "broken or of another", "pull small"),
    ],
)
def test_the_error_names_what_is_wrong_and_mends_it(error: Exception, says: str, hint: str) -> None:
    ours = _unavailable(error, "medium")
    assert says in str(ours)
    assert hint in ours.hint


def test_private_folders_are_not_told() -> None:
    error = RuntimeError("Unable to open file 'model.bin' in model '/home/anybody/secret'")
    ours = _unavailable(error, "medium")
    assert "secret" not in str(ours) + ours.hint


def test_a_device_is_shown_with_how_it_computes() -> None:
    assert str(Device("cuda", "float16")) == "float16 on cuda"
