"""Reading: what the text stages of a session read - what people see, who is known, what to know."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import replace

from earwitness.app.corrections.view import see
from earwitness.core.doubt import without_doubted
from earwitness.core.people import Person, series_terms
from earwitness.core.reading import Reading
from earwitness.core.run import Run
from earwitness.core.session import Session
from earwitness.core.transcript import Label, Transcript
from earwitness.stages.roles import find_roles
from earwitness.store.library import Library


def reading_in(library: Library, session: Session, run: Run) -> Reading:
    """What is read of one run of a session that has a transcript.

    Raises:
        CorruptStore: The result or a correction is damaged.
    """
    digest = library.result(run.id, "attribute")
    assert digest is not None
    transcript = without_doubted(see(library, session.id, digest).folded.transcript)
    series = library.series_of(session.id)
    cast = series.cast if series else ()
    own: tuple[Label, ...] = tuple(
        label for label in transcript.labels if label.by.startswith("user:")
    )
    spoken = Counter(line.language for line in transcript.utterances if line.language)
    language = session.language or next((code for code, _ in spoken.most_common(1)), None)
    terms = series_terms(series)
    plain = Reading(Transcript(transcript.utterances, own), language, cast, terms)
    return replace(plain, roles=find_roles(plain, session.playbook))


def digest_of(reading: Reading) -> str:
    """SHA-256 of all of a reading that its stages may look at."""

    def person(each: Person) -> list[object]:
        return [each.name, each.role, each.aliases, [c.name for c in each.characters]]

    told = [
        [
            [u.id, u.span.start_ms, u.span.end_ms, u.voice, u.person, u.text, u.language]
            for u in reading.transcript.utterances
        ],
        [[each.utterance, each.scheme, each.value, each.by] for each in reading.transcript.labels],
        reading.language,
        [person(each) for each in reading.cast],
        reading.vocabulary,
        reading.roles,
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()
