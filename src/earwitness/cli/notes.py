"""`notes make|list|show|regenerate|export|templates`: every sentence says where it was heard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from earwitness.cli.answer import console, say, say_json, table, warn
from earwitness.cli.options import Common
from earwitness.cli.progress import progress
from earwitness.core.span import timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console
    from rich.text import Text

    from earwitness.app.understanding.notes import Kept
    from earwitness.core.note import Note, Section, Sentence, Template

FLAG = Parameter(negative="")
INDENT = 4


def make(
    session: str,
    /,
    *,
    template: str | None = None,
    by: str = "auto",
    model: Annotated[list[str] | None, FLAG] = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Make a note; where nothing has changed since the newest one, that one is shown.

    Every sentence cites the lines that bear it out. Without a language model each section holds
    what was said, word for word, and nothing else.

    Args:
        session: Its id, or the beginning of it.
        template: Its form, from `notes templates` [default: the only one].
        by: rules, models or another plug-in's name; auto: rules, unless --model is given.
        model: A language model, such as ollama:qwen3; may be given again: the next one is asked
            when one does not answer [default: the setting language_models].
    """
    from earwitness.app.understanding.notes_api import make_note

    with progress(quiet=common.json) as listener:
        kept = make_note(
            session, template, by=by, models=model or (), home=common.home, listener=listener
        )
    return _shown(kept, common)


def regenerate(
    session: str,
    /,
    *,
    template: str | None = None,
    by: str = "auto",
    model: Annotated[list[str] | None, FLAG] = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Make a new version of a note, whatever is there; older versions are kept.

    Args:
        session: Its id, or the beginning of it.
        template: Its form, from `notes templates` [default: the only one].
        by: rules, models or another plug-in's name; auto: rules, unless --model is given.
        model: A language model; may be given again.
    """
    from earwitness.app.understanding.notes_api import regenerate_note

    with progress(quiet=common.json) as listener:
        kept = regenerate_note(
            session, template, by=by, models=model or (), home=common.home, listener=listener
        )
    return _shown(kept, common)


def show(
    session: str,
    /,
    *,
    template: str | None = None,
    version: int | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show a note: the newest, or one version of it.

    Args:
        session: Its id, or the beginning of it.
        template: Its form [default: that of the note that was made last].
        version: Which version [default: the newest].
    """
    from earwitness.app.understanding.notes_api import note

    return _shown(note(session, template, version, home=common.home), common)


def export(
    session: str,
    /,
    *,
    template: str | None = None,
    version: int | None = None,
    formats: str = "md,docx",
    output: Path | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Write a note as files that people read and sign, with the lines it cites.

    Args:
        session: Its id, or the beginning of it.
        template: Its form [default: that of the note that was made last].
        version: Which version [default: the newest].
        formats: Comma-separated: md, docx.
        output: The session's folder is made in it [default: the setting output].
    """
    from earwitness.app.understanding.notes_api import export_note

    files = export_note(
        session, template, version, formats=formats, output=output, home=common.home
    )
    if common.json:
        say_json({"files": [str(file) for file in files]})
    else:
        for file in files:
            say(str(file))
    return 0


def list_(session: str, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """List all versions of all notes of a session, the newest of each form first.

    Args:
        session: Its id, or the beginning of it.
    """
    from earwitness.app.understanding.notes_api import notes

    found = notes(session, home=common.home)
    if common.json:
        say_json({"notes": [_json(kept, whole=False) for kept in found]})
        return 0
    if not found:
        say("there are no notes of this session yet (earwitness notes make)")
        return 0
    table(
        ("note", "version", "made", "by", "sentences", ""),
        [
            (
                kept.template,
                str(kept.version),
                f"{kept.made_at.astimezone():%Y-%m-%d %H:%M}",
                kept.note.by if kept.note else "–",
                str(_count(kept.note)) if kept.note else "–",
                "; ".join(
                    [*_audience(kept.note), *(each.split(" (")[0] for each in kept.warnings)]
                ),
            )
            for kept in found
        ],
        right=(1, 4),
    )
    return 0


def templates(
    session: str | None = None,
    /,
    *,
    playbook: str | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List the forms of notes: those of a session's playbook, of one playbook, or of all.

    Args:
        session: Its id, or the beginning of it.
        playbook: A playbook's name.
    """
    from earwitness.app.settings import read_settings
    from earwitness.app.understanding import playbooks
    from earwitness.app.understanding.notes_api import playbook_of

    home = read_settings(home=common.home).home
    if playbook is not None:
        books = [playbooks.playbook(playbook, home)]
    elif session is not None:
        books = [playbook_of(session, home=common.home)]
    else:
        books = list(playbooks.list_playbooks(home))
    forms = [(book.name, form) for book in books for form in book.templates]
    if common.json:
        say_json({"templates": [{"playbook": name, **_form(form)} for name, form in forms]})
        return 0
    table(
        ("template", "playbook", "language", "title", "sections"),
        [
            (
                form.id,
                name,
                form.language,
                form.title,
                ", ".join(slot.title for slot in form.slots),
            )
            for name, form in forms
        ],
    )
    return 0


def _shown(kept: Kept, common: Common) -> int:
    if common.json:
        say_json(_json(kept))
        return 0
    note = kept.note
    screen = console()
    title = note.template.title if note else kept.template
    made = f"{kept.made_at.astimezone():%Y-%m-%d %H:%M}"
    screen.print(f"[bold]{title}[/]", markup=True, end="")
    by = f", by {note.by}" if note else ""
    screen.print(f"  {kept.session}, version {kept.version}, {made}{by}", style="dim", markup=False)
    if note is not None:
        for audience in _audience(note):
            screen.print(audience, style="bold yellow")
        if not note.written:
            screen.print("Quotes, no summary: every line was said so, word for word.", style="dim")
        for slot in note.template.slots:
            section = next(each for each in note.sections if each.key == slot.key)
            screen.print(f"\n[bold]{slot.title}[/]")
            _tell(screen, note, section)
        for refusal in note.refused:
            why = refusal.why.replace("_", " ")
            screen.print(f"\nleft out: {refusal.count} {why}", style="dim")
    for warning in kept.warnings:
        warn(warning)
    return 0


def _tell(screen: Console, note: Note, section: Section) -> None:
    from rich.padding import Padding
    from rich.text import Text

    if not section.sentences:
        nothing = "nothing was said that belongs here" if note.written else "no line was found"
        screen.print(f"  – {nothing}", style="dim")
    for sentence in section.sentences:
        for line in _lines(note, sentence):
            # Long lines hang under their words; where nobody looks at a screen they stay whole.
            told = Text("  ").append_text(line)
            if screen.is_terminal:
                screen.print(Padding(line, (0, 0, 0, 2)), soft_wrap=False)
            else:
                screen.print(told)


def _lines(note: Note, sentence: Sentence) -> Iterator[Text]:
    from rich.text import Text

    if not sentence.quoted:
        times = ", ".join(timestamp(note.get(id).span.start_ms) for id in sentence.evidence)
        yield Text(sentence.text).append(f" [{times}]", style="dim")
        return
    for id, told in sentence.parts:
        cited = note.get(id)
        line = Text(f"[{timestamp(cited.span.start_ms)}] ", style="dim")
        line.append(f"{cited.speaker or 'Unknown'}: ", style="not dim bold")
        yield line.append(f"“{told}”", style="not dim")


def _audience(note: Note | None) -> list[str]:
    return ["for the DM only"] if note is not None and note.template.audience == "dm" else []


def _count(note: Note) -> int:
    return sum(len(each.sentences) for each in note.sections)


def _form(form: Template) -> dict[str, object]:
    return {
        "template": form.id,
        "title": form.title,
        "language": form.language,
        "audience": form.audience,
        "sections": [
            {"key": slot.key, "title": slot.title, "ask": slot.ask} for slot in form.slots
        ],
    }


def _json(kept: Kept, *, whole: bool = True) -> dict[str, object]:
    note = kept.note
    told: dict[str, object] = {
        "schema": "earwitness/note@1",
        "session": kept.session,
        "template": kept.template,
        "version": kept.version,
        "made_at": kept.made_at.isoformat(),
        "is_new": kept.is_new,
        "dropped": note is None,
        "warnings": list(kept.warnings),
    }
    if note is None:
        return told
    told |= {
        "title": note.template.title,
        "language": note.template.language,
        "audience": note.template.audience,
        "by": note.by,
        "written": note.written,
        "sentences": _count(note),
        "lacking": note.lacking,
        "refused": {each.why: each.count for each in note.refused},
    }
    if whole:
        told["sections"] = [
            {
                "key": slot.key,
                "title": slot.title,
                "sentences": [_sentence(note, each) for each in section.sentences],
            }
            for slot, section in zip(note.template.slots, note.sections, strict=True)
        ]
    return told


def _sentence(note: Note, sentence: Sentence) -> dict[str, object]:
    parts = dict(sentence.parts) if sentence.quoted else {}
    return {
        "text": sentence.text,
        "quoted": sentence.quoted,
        "confidence": sentence.confidence,
        "evidence": [
            {
                "utterance": id,
                "start_ms": note.get(id).span.start_ms,
                "end_ms": note.get(id).span.end_ms,
                "speaker": note.get(id).speaker,
                "quote": parts.get(id),
            }
            for id in sentence.evidence
        ],
    }
