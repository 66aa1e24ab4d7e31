"""The numpy network against what the original answered (written by tools/convert_ge2e.py)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from earwitness.engines.ge2e import Ge2e

GOLDEN = Path(__file__).with_name("ge2e_golden.npz")


def test_embeddings_are_those_of_the_original() -> None:
    with np.load(GOLDEN) as golden:
        mels, wanted = golden["mels"], golden["embeddings"]
    found = Ge2e().embed(mels)
    assert found.shape == wanted.shape == (6, 256)
    # half-precision weights move a cosine by less than 0.00001
    assert ((found * wanted).sum(axis=1) > 0.99999).all()
    # the six inputs are told apart, so that agreement means something
    assert np.triu(wanted @ wanted.T, 1).max() < 0.999


def test_windows_do_not_depend_on_their_neighbours() -> None:
    with np.load(GOLDEN) as golden:
        mels = golden["mels"]
    network = Ge2e()
    alone = np.concatenate([network.embed(mels[n : n + 1]) for n in range(len(mels))])
    np.testing.assert_allclose(network.embed(mels), alone, atol=1e-5)


def test_silence_has_an_embedding_and_nothing_has_none() -> None:
    network = Ge2e()
    assert np.isfinite(network.embed(np.zeros((1, 160, 40), np.float32))).all()
    assert network.embed(np.zeros((0, 160, 40), np.float32)).shape == (0, 256)
