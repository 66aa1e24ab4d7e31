"""The public verbs of notes: what Python users call, and what every face calls too."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from earwitness.app.library import open_library
from earwitness.app.request import read_formats
from earwitness.app.settings import read_settings
from earwitness.app.understanding import notes as verbs
from earwitness.app.understanding.api import wish_of
from earwitness.app.understanding.note_files import write_note
from earwitness.app.understanding.notes import Kept
from earwitness.app.understanding.playbooks import playbook
from earwitness.app.wishing import AnyPath
from earwitness.core.playbook import Playbook
from earwitness.runs.listener import Listener


def make_note(
    session: str,
    template: str | None = None,
    *,
    by: str = "auto",
    models: Sequence[str] = (),
    fresh: bool = False,
    home: AnyPath | None = None,
    listener: Listener = lambda _stage, _share: None,
) -> Kept:
    """Make a note of a session; where nothing has changed since the newest one, that is given.

    Args:
        session: Its id, or the beginning of it.
        template: One of the forms of its playbook, such as `soap`; None: the only one it has.
        by: `rules`, `models` or another plug-in's name; `auto`: rules, unless models are named.
        models: Language models in the order in which they are tried, such as `ollama:qwen3`;
            empty: those of the settings.
        fresh: Make a new version, whatever is there.
        home: The library's folder.
        listener: Told `(stage, share)` as work goes on, from any thread.

    Returns:
        The note as it is kept. Notes by rules hold quotes and nothing else.

    Raises:
        NotFound: No such session, or it has no transcript yet.
        UsageError: No such form or engine.
        EngineUnavailable: It cannot run here, or would send text of a local-only session away.
        EngineError: It failed. The transcript, and notes that were made before, stay as they are.
    """
    settings = read_settings(home=home, language_models=list(models) or None)
    with open_library(settings) as library:
        wish = wish_of(settings, library, by, named=bool(models), fresh=fresh)
        return verbs.make_note(library, library.resolve(session), template, wish, listener)


def regenerate_note(
    session: str,
    template: str | None = None,
    *,
    by: str = "auto",
    models: Sequence[str] = (),
    home: AnyPath | None = None,
    listener: Listener = lambda _stage, _share: None,
) -> Kept:
    """Make a new version of a note, whatever is there; older ones are kept. As `make_note`."""
    return make_note(
        session, template, by=by, models=models, fresh=True, home=home, listener=listener
    )


def notes(session: str, *, home: AnyPath | None = None) -> tuple[Kept, ...]:
    """All versions of all notes of a session, by form, the newest first.

    Raises:
        NotFound: No such session.
    """
    with open_library(read_settings(home=home)) as library:
        return verbs.list_notes(library, library.resolve(session))


def note(
    session: str,
    template: str | None = None,
    version: int | None = None,
    *,
    home: AnyPath | None = None,
) -> Kept:
    """One version of a note.

    Args:
        session: Its id, or the beginning of it.
        template: Its form; None: that of the note that was made last.
        version: Which; None: the newest.
        home: The library's folder.

    Raises:
        NotFound: No such session, or no such note.
        UsageError: A version is asked for, and several notes have versions.
    """
    with open_library(read_settings(home=home)) as library:
        return verbs.show_note(library, library.resolve(session), template, version)


def export_note(
    session: str,
    template: str | None = None,
    version: int | None = None,
    *,
    formats: str = "md,docx",
    output: AnyPath | None = None,
    home: AnyPath | None = None,
) -> tuple[Path, ...]:
    """Write a note as files, with the lines it cites: `<output>/<session>/notes/soap-v2.docx`.

    Args:
        session: Its id, or the beginning of it.
        template: Its form; None: that of the note that was made last.
        version: Which; None: the newest.
        formats: Comma-separated: md, docx.
        output: The session's folder is made in it; None: that of the settings.
        home: The library's folder.

    Returns:
        The files, in the order of the formats.

    Raises:
        NotFound: No such session or note, or it was dropped.
        UsageError: There is no such format.
        DiskFull: No space; files that were there stay as they were.
        StoreError: The folder cannot be written.
    """
    settings = read_settings(home=home, output=output)
    suffixes = read_formats(formats, "note")
    with open_library(settings) as library:
        kept = verbs.show_note(library, library.resolve(session), template, version)
        return write_note(library, kept, suffixes, settings.output)


def playbook_of(session: str, *, home: AnyPath | None = None) -> Playbook:
    """The playbook of a session, with the forms of its notes.

    Raises:
        NotFound: No such session.
    """
    with open_library(read_settings(home=home)) as library:
        found = library.session(library.resolve(session))
        return playbook(found.playbook, library.home)
