"""Summary: the newest note of that form, as long as it tells of what people see now."""

from __future__ import annotations

from earwitness.app.understanding.reading import digest_of, reading_in
from earwitness.core.note import SUMMARY, Note
from earwitness.core.run import Run
from earwitness.core.session import Session
from earwitness.core.summary import Gist, Summary
from earwitness.store.library import Library


def summary_in(library: Library, session: Session, run: Run) -> tuple[Summary | None, str]:
    """The summary of a run's transcript, and what its readers must know.

    Returns:
        None where nobody made one, nothing of it was borne out, or lines, names or words to know
        have changed since: an old summary is not shown beside a newer transcript.

    Raises:
        CorruptStore: A result is damaged.
    """
    row = next((each for each in library.notes(session.id, SUMMARY) if each.digest), None)
    if row is None or row.digest is None:
        return None, ""
    again = f"(earwitness notes regenerate {session.id} --template {SUMMARY})"
    note = library.get(row.digest, Note)
    if note.reading != digest_of(reading_in(library, session, run)):
        return None, f"the summary is older than changes in the session {again}"
    told = [each for section in note.sections for each in section.sentences]
    if not told or not note.written:
        return None, ""
    lacking = f"the summary is incomplete: {note.lacking} {again}" if note.lacking else ""
    return Summary(tuple(Gist(each.text, each.evidence) for each in told), note.by), lacking
