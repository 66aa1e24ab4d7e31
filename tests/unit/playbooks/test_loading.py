"""Playbooks from their folders: what ships, what a user adds, and what makes no sense."""

from __future__ import annotations

import string
from pathlib import Path

import pytest

from earwitness.app.understanding.playbooks import (
    list_playbooks,
    new_playbook,
    own_folder,
    validate_playbook,
)
from earwitness.core.errors import UsageError
from earwitness.playbooks.loading import SHIPPED, listed, load

PLACES = {
    "classify": {"schemes", "cast", "vocabulary", "examples"},
    "classify_one": {"schemes", "cast", "vocabulary", "examples"},
    "moments": {"kinds", "cast", "vocabulary"},
    "quotes": {"cast", "vocabulary"},
    "development": {"cast", "vocabulary"},
    "relationships": {"cast", "vocabulary"},
    "summary": {"cast", "vocabulary"},
    "note_collect": {"title", "sections", "cast", "vocabulary"},
    "note_compose": {"title", "section", "ask", "cast", "vocabulary"},
}
NOTES = {
    "meeting": {"minutes", "summary"},
    "tabletop": {"recap", "recap_dm", "summary"},
    "therapy": {"soap", "dap", "birp", "progress", "summary"},
    "screen": {"synopsis", "summary"},
}


@pytest.mark.parametrize("name", SHIPPED)
def test_what_ships_is_whole_in_both_languages(name: str) -> None:
    book = load(name)
    assert {(each.id, each.language) for each in book.templates} == {
        (id_, language) for id_ in NOTES[name] for language in ("en", "nl")
    }
    assert {(each.name, each.language) for each in book.prompts} == {
        (prompt, language) for prompt in PLACES for language in ("en", "nl")
    }
    for prompt in book.prompts:
        named = {place for _, place, _, _ in string.Formatter().parse(prompt.text) if place}
        assert named == PLACES[prompt.name], (prompt.name, prompt.language)
    for template in book.templates:
        other = book.template(template.id, "nl" if template.language == "en" else "en")
        assert other is not None
        assert [slot.key for slot in other.slots] == [slot.key for slot in template.slots]
        assert other.audience == template.audience


def test_only_therapy_keeps_everything_here() -> None:
    assert [name for name in SHIPPED if load(name).local_only] == ["therapy"]
    assert [name for name in SHIPPED if load(name).pseudonyms] == ["therapy"]


def test_a_language_without_a_form_of_its_own_gets_the_english_one() -> None:
    book = load("therapy")
    assert book.template("soap", "nl") != book.template("soap", "en") is not None
    assert book.template("soap", "fr") == book.template("soap", None) == book.template("soap", "en")
    assert book.template("limerick", "en") is None
    assert book.prompt("classify", "nl") != book.prompt("classify", "de")


def test_a_new_one_takes_over_what_it_does_not_say(tmp_path: Path) -> None:
    folder = new_playbook("our-table", tmp_path, extends="tabletop")
    text = (folder / "playbook.toml").read_text()
    (folder / "playbook.toml").write_text(
        text + '\nlanguage = "en"\n[vocabulary]\nen = ["Strahd"]\n'
    )
    (folder / "prompts" / "quotes.en.md").write_text("version: 7\n\nOnly puns. {cast} {vocabulary}")
    book, base = load("our-table", own_folder(tmp_path)), load("tabletop")
    assert (book.own, book.language, book.schemes) == (True, "en", base.schemes)
    assert dict(book.vocabulary)["en"] == ("Strahd",)
    assert dict(book.vocabulary)["nl"] == dict(base.vocabulary)["nl"]
    ours = book.prompt("quotes", "en")
    assert ours is not None
    assert (ours.version, ours.text) == (7, "Only puns. {cast} {vocabulary}")
    assert book.prompt("quotes", "nl") == base.prompt("quotes", "nl")
    assert listed(own_folder(tmp_path)) == (*SHIPPED, "our-table")
    assert [each.name for each in list_playbooks(tmp_path)][-1] == "our-table"
    assert validate_playbook(str(folder), tmp_path).templates == base.templates


def test_a_whole_copy_holds_every_file_of_its_base(tmp_path: Path) -> None:
    folder = new_playbook("clinic", tmp_path, extends="therapy", whole=True)
    assert (folder / "notes" / "birp.nl.toml").is_file()
    assert (folder / "notes" / "summary.nl.toml").is_file()
    assert (folder / "prompts" / "note_collect.nl.md").is_file()
    again = new_playbook("clinic-two", tmp_path, extends="clinic", whole=True)
    assert (again / "notes" / "birp.nl.toml").is_file()
    assert load("clinic-two", own_folder(tmp_path)).local_only


@pytest.mark.parametrize("name", ["", "../up", "Big", "a b", "tabletop", "common", "-x"])
def test_names_that_are_none_or_taken_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        new_playbook(name, tmp_path)
    assert not own_folder(tmp_path).exists()


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("playbook.toml", "form = 1\nabout = 3\n", "about"),
        ("playbook.toml", 'form = 2\nabout = "x"\n', "form"),
        ("playbook.toml", 'form = 1\nabout = "x"\ncolour = "red"\n', "colour"),
        ("playbook.toml", 'form = 1\nabout = "x"\nlanguage = "qq"\n', "qq"),
        ("playbook.toml", 'form = 1\nabout = "x"\nmoments = ["explosion"]\n', "moments"),
        ("playbook.toml", 'form = 1\nabout = "x"\nextends = "nobody"\n', "nobody"),
        ("playbook.toml", 'form = 1\nabout = "x"\nextends = "mine"\n', "circle"),
        ("playbook.toml", "form = ", "mine/playbook.toml"),
        (
            "playbook.toml",
            'form = 1\nabout = "x"\n[[scheme]]\nname = "a"\nabout = "b"\n'
            '[[scheme]]\nname = "a"\nabout = "c"\n',
            "two schemes",
        ),
        ("notes/soap.toml", "form = 1\n", "NAME.LANGUAGE.toml"),
        ("notes/soap.en.toml", 'form = 1\ntitle = "x"\nsection = []\n', "section"),
        (
            "notes/soap.en.toml",
            'form = 1\ntitle = "x"\n[[section]]\nkey = "a"\ntitle = "A"\nask = "b"\n'
            '[[section]]\nkey = "a"\ntitle = "A"\nask = "b"\n',
            "sections",
        ),
        ("prompts/quotes.en.md", "Only puns.", "version"),
        ("prompts/quotes.en.md", "version: 1\n\nx" * 60_000, "longer"),
    ],
)
def test_what_makes_no_sense_names_its_place(
    file: str, text: str, told: str, tmp_path: Path
) -> None:
    folder = new_playbook("mine", tmp_path)
    (folder / file).write_text(text)
    with pytest.raises(UsageError, match=told):
        load("mine", own_folder(tmp_path))


def test_files_that_are_no_text_are_refused(tmp_path: Path) -> None:
    folder = new_playbook("mine", tmp_path)
    (folder / "prompts" / "quotes.en.md").write_bytes(b"version: 1\n\n\xff\xfe")
    with pytest.raises(UsageError, match="UTF-8"):
        load("mine", own_folder(tmp_path))
    with pytest.raises(UsageError, match=r"playbook\.toml"):
        validate_playbook(str(tmp_path), tmp_path)


KINDS_OF = {
    "moments": {"critical_hit", "fumble", "decision", "promise", "question"},
    "quotes": {"quote"},
    "development": {"development"},
    "relationships": {"relationship"},
}
"""What each prompt looks for."""


@pytest.mark.parametrize("name", SHIPPED)
def test_whatever_moments_a_playbook_asks_for_it_has_versioned_prompts_in_both_languages(
    name: str,
) -> None:
    book = load(name)
    assert set(book.moments) <= set().union(*KINDS_OF.values())
    for prompt, kinds in KINDS_OF.items():
        if not kinds & set(book.moments):
            continue
        for language in ("en", "nl"):
            found = book.prompt(prompt, language)
            assert found is not None
            assert found.language == language, "none of another language in its place"
            assert found.version >= 1
            assert found.text
