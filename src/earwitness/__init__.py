"""Earwitness: long, many-voiced recordings become a record one can trust and correct.

    >>> import earwitness
    >>> done = earwitness.process("night.m4a", speakers=5)  # doctest: +SKIP
    >>> for utterance in done.record.transcript.utterances:  # doctest: +SKIP
    ...     print(utterance.speaker, utterance.text)

Names are imported on first use, so that `import earwitness` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from earwitness.homes import HOME_OF

if TYPE_CHECKING:
    from earwitness.app.api import (
        delete_session,
        export,
        process,
        record,
        sessions,
        show_session,
    )
    from earwitness.app.batch.api import process_batch
    from earwitness.app.cleanup.api import audit_sessions, cleanup_sessions
    from earwitness.app.cleanup.cleanup import Answerer
    from earwitness.app.clips_api import HowFar, clips, cut_clips, follow
    from earwitness.app.corrections.api import (
        apply_edits,
        edit,
        edits,
        erase,
        place,
        preview_edits,
        redo,
        undo,
        verify,
        view,
    )
    from earwitness.app.corrections.desk import Edited
    from earwitness.app.corrections.suggestions import suggest
    from earwitness.app.corrections.wanted import Edit
    from earwitness.app.doctor import doctor
    from earwitness.app.people.api import (
        assign,
        enroll,
        forget,
        merge_speakers,
        name_speakers,
        preview_names,
        show_speaker,
        speakers,
        split_speaker,
        swap_speakers,
    )
    from earwitness.app.people.recognition import Assigned
    from earwitness.app.people.series_api import (
        add_series,
        all_series,
        delete_series,
        export_cast,
        import_cast,
        remove_person,
        set_person,
        set_series,
        show_series,
    )
    from earwitness.app.people.speakers import Speaker
    from earwitness.app.profiles.api import (
        Merged,
        merge_profiles,
        profile_updates,
        save_updates,
    )
    from earwitness.app.running.process import Processed
    from earwitness.app.running.rerun import Redone
    from earwitness.app.running.rerun_api import diff, history, put_back, rerun
    from earwitness.app.running.versions import Version
    from earwitness.app.sources.import_api import import_transcript
    from earwitness.app.understanding.api import understand
    from earwitness.app.understanding.notes import Kept
    from earwitness.app.understanding.notes_api import (
        export_note,
        make_note,
        note,
        notes,
        regenerate_note,
    )
    from earwitness.app.understanding.understood import Understood
    from earwitness.app.understanding.words_api import (
        accept_words,
        learn_names,
        learn_terms,
        mine_words,
        refuse_words,
        series_words,
        word_suggestions,
    )
    from earwitness.core.batch import BatchError, BatchItem, BatchOnlooker, BatchReport
    from earwitness.core.clip import Clip, ClipWish, Manifest
    from earwitness.core.compare import Comparison
    from earwitness.core.errors import (
        ArtifactsUnavailable,
        Cancelled,
        CorruptStore,
        DiskFull,
        EarwitnessError,
        EditConflict,
        EngineError,
        EngineUnavailable,
        LanguageRefused,
        NewerStore,
        NoSound,
        NotAllowed,
        NotCompleted,
        NotFound,
        SourceNotFound,
        StoreError,
        UnsupportedSource,
        UsageError,
    )
    from earwitness.core.moment import Moment
    from earwitness.core.note import Cited, Note, Section, Sentence, Slot, Template
    from earwitness.core.override import Field, Override
    from earwitness.core.people import Character, Person, Series
    from earwitness.core.ports import ExportOptions
    from earwitness.core.profile import Profile, Suggestions, Update
    from earwitness.core.run import Outcome
    from earwitness.core.session import Document, Recording, Session
    from earwitness.core.span import Span
    from earwitness.core.speech import Segment, Turn, Word
    from earwitness.core.terms import Term
    from earwitness.core.transcript import Label, Record, Transcript, Utterance
    from earwitness.core.waste import Audit, Cleanup, Waste
    from earwitness.runs.clipbook import Clipbook
    from earwitness.store.backup import backup, restore

__version__ = "0.1.0"

__all__ = [  # noqa: RUF022 - verbs first, then nouns, then errors
    "__version__",
    "process",
    "process_batch",
    "import_transcript",
    "record",
    "export",
    "sessions",
    "show_session",
    "delete_session",
    "audit_sessions",
    "cleanup_sessions",
    "clips",
    "cut_clips",
    "follow",
    "view",
    "edit",
    "apply_edits",
    "preview_edits",
    "undo",
    "redo",
    "place",
    "edits",
    "verify",
    "erase",
    "rerun",
    "history",
    "diff",
    "put_back",
    "suggest",
    "understand",
    "make_note",
    "regenerate_note",
    "export_note",
    "notes",
    "note",
    "profile_updates",
    "save_updates",
    "merge_profiles",
    "speakers",
    "name_speakers",
    "preview_names",
    "swap_speakers",
    "merge_speakers",
    "show_speaker",
    "split_speaker",
    "enroll",
    "assign",
    "forget",
    "add_series",
    "all_series",
    "show_series",
    "set_series",
    "set_person",
    "remove_person",
    "import_cast",
    "export_cast",
    "delete_series",
    "series_words",
    "mine_words",
    "accept_words",
    "refuse_words",
    "learn_names",
    "learn_terms",
    "word_suggestions",
    "doctor",
    "backup",
    "restore",
    "Answerer",
    "Assigned",
    "BatchError",
    "BatchItem",
    "BatchOnlooker",
    "BatchReport",
    "Audit",
    "Character",
    "Cited",
    "Cleanup",
    "Clip",
    "Clipbook",
    "ClipWish",
    "Comparison",
    "Document",
    "Edit",
    "Edited",
    "ExportOptions",
    "Field",
    "HowFar",
    "Kept",
    "Label",
    "Manifest",
    "Merged",
    "Moment",
    "Note",
    "Outcome",
    "Override",
    "Person",
    "Processed",
    "Profile",
    "Record",
    "Recording",
    "Redone",
    "Section",
    "Segment",
    "Sentence",
    "Series",
    "Session",
    "Slot",
    "Span",
    "Speaker",
    "Suggestions",
    "Template",
    "Term",
    "Transcript",
    "Turn",
    "Update",
    "Utterance",
    "Understood",
    "Version",
    "Waste",
    "Word",
    "EarwitnessError",
    "UsageError",
    "SourceNotFound",
    "NoSound",
    "UnsupportedSource",
    "EngineUnavailable",
    "LanguageRefused",
    "EngineError",
    "StoreError",
    "CorruptStore",
    "NewerStore",
    "DiskFull",
    "ArtifactsUnavailable",
    "NotFound",
    "EditConflict",
    "NotCompleted",
    "NotAllowed",
    "Cancelled",
]


def __getattr__(name: str) -> object:
    if name not in HOME_OF:
        raise AttributeError(f"module 'earwitness' has no attribute {name!r}")
    return getattr(import_module(HOME_OF[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
