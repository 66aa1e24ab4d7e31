"""JSON (`earwitness/transcript@1`): the whole record; `importers.reading` reads it without loss."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from earwitness.core.moment import Moment
from earwitness.core.ports import ExportOptions
from earwitness.core.session import Session
from earwitness.core.summary import Summary
from earwitness.core.transcript import SCHEMA, Record, Utterance
from earwitness.exporters.shown import persons, talk_ms, voices

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")

Row = dict[str, object]


class Json:
    """Writes the record as `earwitness/transcript@1`; `importers.reading.parse` reads it back."""

    suffix = "json"

    def export(self, record: Record, options: ExportOptions) -> str:
        """The record, doubted words and all.

        List items stand on a line each, so that two versions can be compared.
        """
        fields = [
            f'"schema": {_written(SCHEMA)}',
            f'"session": {_written(_session(record.session))}',
            f'"summary": {_written(_summary(record.summary))}',
        ]
        fields += (f'"{name}": {_lines(rows)}' for name, rows in _tables(record).items())
        return "{\n" + ",\n".join(fields) + "\n}\n"


def _written(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return _LONE_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _lines(rows: Sequence[object]) -> str:
    if not rows:
        return "[]"
    return "[\n" + ",\n".join(f" {_written(row)}" for row in rows) + "\n]"


def _summary(summary: Summary | None) -> Row | None:
    if summary is None:
        return None
    told = [{"text": each.text, "evidence": list(each.evidence)} for each in summary.sentences]
    return {"by": summary.by, "sentences": told}


def _session(session: Session) -> Row:
    return {
        "id": session.id,
        "title": session.title,
        "playbook": session.playbook,
        "language": session.language,
        "held_at": session.held_at.isoformat() if session.held_at else None,
        "local_only": session.local_only,
    }


def _tables(record: Record) -> dict[str, Sequence[object]]:
    return {
        "recordings": [
            {
                "id": recording.id,
                "name": recording.name,
                "size_bytes": recording.size_bytes,
                "duration_ms": recording.duration_ms,
                "channels": recording.channels,
                "rate_hz": recording.rate_hz,
            }
            for recording in record.session.recordings
        ],
        "tracks": [
            {
                "person": track.person,
                "offset_ms": track.offset_ms,
                "mix": track.is_mix,
                "said": track.said,
            }
            for track in record.session.tracks
        ],
        "documents": [
            {
                "id": document.id,
                "name": document.name,
                "size_bytes": document.size_bytes,
                "format": document.format,
                "part": document.part,
            }
            for document in record.session.documents
        ],
        "engines": [{"stage": stage, "engine": engine} for stage, engine in record.engines],
        "warnings": list(record.warnings),
        "voices": _voices(record),
        "turns": [
            {
                "start_ms": turn.span.start_ms,
                "end_ms": turn.span.end_ms,
                "voice": turn.voice,
                "track": turn.track,
            }
            for turn in record.turns
        ],
        "utterances": [_utterance(utterance) for utterance in record.transcript.utterances],
        "labels": [
            {
                "utterance": label.utterance,
                "scheme": label.scheme,
                "value": label.value,
                "confidence": label.confidence,
                "by": label.by,
            }
            for label in record.transcript.labels
        ],
        "moments": [_moment(moment) for moment in record.moments],
    }


def _moment(moment: Moment) -> Row:
    return {
        "kind": moment.kind,
        "start_ms": moment.span.start_ms,
        "end_ms": moment.span.end_ms,
        "evidence": list(moment.evidence),
        "text": moment.text,
        "quote": moment.quote,
        "context": moment.context,
        "who": list(moment.who),
        "relation": moment.relation,
        "confidence": moment.confidence,
        "by": moment.by,
    }


def _voices(record: Record) -> list[Row]:
    known = persons(record)
    words: dict[str | None, int] = {}
    for utterance in record.transcript.utterances:
        words[utterance.voice] = words.get(utterance.voice, 0) + len(utterance.words)
    return [
        {
            "voice": voice,
            "person": known.get(voice),
            "talk_ms": talk_ms(record, voice),
            "turns": sum(turn.voice == voice for turn in record.turns),
            "words": words.get(voice, 0),
        }
        for voice in voices(record)
    ]


def _utterance(utterance: Utterance) -> Row:
    return {
        "id": utterance.id,
        "start_ms": utterance.span.start_ms,
        "end_ms": utterance.span.end_ms,
        "voice": utterance.voice,
        "person": utterance.person,
        "uncertain": utterance.uncertain,
        "language": utterance.language,
        "text": utterance.text,
        "words": [
            {
                "text": word.text,
                "start_ms": word.span.start_ms,
                "end_ms": word.span.end_ms,
                "confidence": word.confidence,
                "glued": word.glued,
                "doubt": word.doubt,
            }
            for word in utterance.words
        ],
    }
