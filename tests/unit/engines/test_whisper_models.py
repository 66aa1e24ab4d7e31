"""Whisper models: names, folders, the hub's cache and languages, without loading any."""

import os
from pathlib import Path

import pytest
from faster_whisper.utils import _MODELS

from earwitness.core.errors import EngineUnavailable
from earwitness.core.language import KNOWN
from earwitness.engines.whisper_models import (
    ALIASES,
    ENGLISH,
    PUBLISHED,
    Located,
    cached,
    check_folder,
    digest,
    languages,
    list_models,
    locate,
)

COMMIT = "a" * 40


def fill(folder: Path, changes: dict[str, bytes | None] | None = None) -> Path:
    """A folder that looks like a model, but for the changes; None leaves a file out."""
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, bytes | None] = {
        "model.bin": b"weights",
        "config.json": b'{"suppress_ids": [], "alignment_heads": []}',
        "tokenizer.json": b'{"model": {}}',
        "vocabulary.json": b'["a", ""]',
    }
    for name, body in (files | (changes or {})).items():
        if body is not None:
            (folder / name).write_bytes(body)
    return folder


def keep(cache: Path, repo: str, *, commit: str = COMMIT, main: str | None = COMMIT) -> Path:
    """A model in the hub's cache."""
    folder = cache / ("models--" + repo.replace("/", "--"))
    if main is not None:
        (folder / "refs").mkdir(parents=True, exist_ok=True)
        (folder / "refs" / "main").write_text(main)
    return fill(folder / "snapshots" / commit)


def test_our_names_are_those_of_faster_whisper() -> None:
    ours = {item.name: item.repo for item in PUBLISHED}
    ours |= {alias: ours[name] for alias, name in ALIASES.items()}
    assert ours == _MODELS


@pytest.mark.parametrize(("alias", "name"), [("turbo", "large-v3-turbo"), ("large", "large-v3")])
def test_aliases_lead_to_the_model(tmp_path: Path, alias: str, name: str) -> None:
    assert locate(alias, cache=tmp_path) == locate(name, cache=tmp_path)


def test_a_name_and_its_hub_id_are_the_same_model(tmp_path: Path) -> None:
    path = keep(tmp_path, "Systran/faster-whisper-small")
    by_name = locate("small", cache=tmp_path)
    assert by_name == locate("Systran/faster-whisper-small", cache=tmp_path)
    assert by_name == Located("small", path, "Systran/faster-whisper-small", 486)


def test_a_model_that_is_not_here_has_no_path(tmp_path: Path) -> None:
    assert locate("base", cache=tmp_path).path is None
    assert locate("someone/model", cache=tmp_path) == Located(
        "someone/model", None, "someone/model"
    )


def test_a_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    folder = fill(tmp_path / "my-model")
    assert locate(str(folder)) == Located("my-model", folder)


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ("huge", "no Whisper model is called 'huge'"),
        ("./absent", "no model folder 'absent'"),
        ("/absent/model/folder", "no model folder 'folder'"),
        ("a/b/c", "no model folder 'c'"),
    ],
)
def test_what_is_no_model_is_refused_with_a_hint(tmp_path: Path, model: str, says: str) -> None:
    with pytest.raises(EngineUnavailable, match=says) as caught:
        locate(model, cache=tmp_path)
    assert caught.value.hint


@pytest.mark.parametrize("name", ["model.bin", "config.json", "tokenizer.json", "vocabulary.json"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    folder = fill(tmp_path / "model")
    (folder / name).unlink()
    with pytest.raises(EngineUnavailable, match=name):
        check_folder(folder)


def test_a_model_of_another_format_is_to_be_converted(tmp_path: Path) -> None:
    folder = fill(tmp_path, {"model.bin": None})
    (folder / "model.safetensors").write_bytes(b"")
    with pytest.raises(EngineUnavailable) as caught:
        check_folder(folder)
    assert "ct2-transformers-converter" in caught.value.hint


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b"\xff\xfe"])
@pytest.mark.parametrize("name", ["config.json", "tokenizer.json"])
def test_a_broken_file_is_named(tmp_path: Path, name: str, body: bytes) -> None:
    folder = fill(tmp_path, {name: body})
    with pytest.raises(EngineUnavailable, match=name):
        check_folder(folder)


def test_the_cache_is_searched_for_a_complete_snapshot(tmp_path: Path) -> None:
    half = keep(tmp_path, "someone/model")
    (half / "model.bin").unlink()
    assert cached("someone/model", tmp_path) is None
    older = keep(tmp_path, "someone/model", commit="b" * 40)
    assert cached("someone/model", tmp_path) == older


def test_the_main_snapshot_goes_before_a_newer_one(tmp_path: Path) -> None:
    main = keep(tmp_path, "someone/model")
    other = keep(tmp_path, "someone/model", commit="b" * 40)
    os.utime(other, (2**31, 2**31))
    assert cached("someone/model", tmp_path) == main


def test_a_cache_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert cached("someone/model", tmp_path / "nowhere") is None
    assert not any(row.cached for row in list_models(cache=tmp_path / "nowhere"))


@pytest.mark.parametrize(
    ("model", "known"),
    [("small", KNOWN), ("small.en", ENGLISH), ("distil-large-v3", ENGLISH), ("a/b", KNOWN)],
)
def test_languages_are_known_without_the_model(
    tmp_path: Path, model: str, known: frozenset[str]
) -> None:
    assert languages(locate(model, cache=tmp_path)) == known


def test_a_folder_without_the_empty_token_is_english_only(tmp_path: Path) -> None:
    both, one = fill(tmp_path / "both"), fill(tmp_path / "one", {"vocabulary.json": b'["a"]'})
    assert languages(locate(str(both))) == KNOWN
    assert languages(locate(str(one))) == ENGLISH


@pytest.mark.parametrize(("text", "known"), [("a\n\nb\n", KNOWN), ("a\nb\n", ENGLISH)])
def test_vocabularies_of_lines_are_read_too(
    tmp_path: Path, text: str, known: frozenset[str]
) -> None:
    folder = fill(tmp_path, {"vocabulary.json": None, "vocabulary.txt": text.encode()})
    check_folder(folder)
    assert languages(locate(str(folder))) == known


def test_a_broken_vocabulary_is_named(tmp_path: Path) -> None:
    folder = fill(tmp_path, {"vocabulary.json": b"["})
    with pytest.raises(EngineUnavailable, match=r"vocabulary\.json"):
        languages(Located("broken", folder))


def test_the_list_shows_sizes_languages_and_strangers(tmp_path: Path) -> None:
    path = keep(tmp_path, "someone/model")
    fill(tmp_path / "models--someone--else" / "snapshots" / COMMIT, {"config.json": b"{}"})
    rows = {row.name: row for row in list_models(cache=tmp_path)}
    assert set(rows) == {item.name for item in PUBLISHED} | {"someone/model"}
    assert rows["someone/model"].path == path
    assert rows["someone/model"].size_mb == 1
    assert (rows["small"].cached, rows["small"].size_mb) == (False, 486)
    assert (rows["tiny.en"].languages, rows["tiny"].languages) == (1, len(KNOWN))


@pytest.mark.parametrize("name", ["model.bin", "config.json", "tokenizer.json", "vocabulary.json"])
def test_the_digest_is_of_every_file_that_matters(tmp_path: Path, name: str) -> None:
    one, same = fill(tmp_path / "one"), fill(tmp_path / "same")
    other = fill(tmp_path / "other", {name: b"[1]"})
    assert digest(one) == digest(same) != digest(other)


def test_a_changed_file_changes_the_digest(tmp_path: Path) -> None:
    folder = fill(tmp_path)
    before = digest(folder)
    (folder / "model.bin").write_bytes(b"otherwise")
    assert digest(folder) != before


def test_blobs_named_by_their_digest_are_not_read(tmp_path: Path) -> None:
    folder = fill(tmp_path / "model")
    blob = tmp_path / ("f" * 64)
    blob.write_bytes(b"one")
    (folder / "model.bin").unlink()
    try:
        (folder / "model.bin").symlink_to(blob)
    except OSError:
        pytest.skip("this machine makes no symbolic links")
    before = digest(folder)
    blob.write_bytes(b"two")
    assert digest(folder) == before
