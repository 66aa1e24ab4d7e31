"""Markdown: a transcript that can be read on its own, by speaker turn."""

from __future__ import annotations

import re
from collections.abc import Iterator

from earwitness.core.moment import Moment
from earwitness.core.ports import ExportOptions
from earwitness.core.span import timestamp
from earwitness.core.summary import Summary
from earwitness.core.transcript import Record, Utterance
from earwitness.exporters.shown import (
    one_line,
    persons,
    readable,
    shown,
    talk_ms,
    voices,
    without_text,
)

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~&$!^])")
_LONG_PARAGRAPH_MS = 60_000
_LONG_PAUSE_MS = 10_000


class Markdown:
    """Writes title, facts, warnings and one paragraph per speaker turn."""

    suffix = "md"

    def export(self, record: Record, options: ExportOptions) -> str:
        """The whole document; doubted words only with `options.doubted`."""
        record = readable(record, options)
        blocks = [f"# {escaped(record.session.title) or 'Untitled session'}"]
        if record.summary is not None:
            blocks.append(_summary(record, record.summary))
        blocks.append(_facts(record))
        blocks += (
            f"> **Draft:** the {escaped(stage)} engine is a draft one; expect many wrong words."
            for stage, name in record.engines
            if "(draft)" in name
        )
        blocks += (f"> **Warning:** {escaped(warning)}" for warning in record.warnings)
        if record.moments:
            blocks += ("## Highlights", _highlights(record))
        blocks.append("## Transcript")
        if notice := without_text(record, options):
            blocks.append(f"*{notice}*")
        blocks += (_paragraph(record, said) for said in _by_speaker(record))
        return "\n\n".join(blocks) + "\n"


def escaped(text: str) -> str:
    """Text on one line in which nothing is Markdown or HTML."""
    return _MARKUP.sub(r"\\\1", one_line(text))


def _summary(record: Record, summary: Summary) -> str:
    """What a model wrote, with the times of the lines it rests on, and that a model wrote it."""
    starts = {line.id: line.span.start_ms for line in record.transcript.utterances}
    told = " ".join(
        " ".join(
            (
                escaped(each.text),
                *(f"[{timestamp(starts[id])}]" for id in each.evidence if id in starts),
            )
        )
        for each in summary.sentences
    )
    return f"**Summary:** {told} *(written by {escaped(summary.by)})*"


def _highlights(record: Record) -> str:
    """Moments with their time and words, and in brackets what was said around them."""
    return "\n".join(f"- {_highlight(moment)}" for moment in record.moments)


def _highlight(moment: Moment) -> str:
    said = moment.quote or moment.text
    words = f"“{escaped(said)}”" if moment.quote else escaped(said)
    who = " and ".join(escaped(name) for name in moment.who)
    kind = moment.kind.replace("_", " ")
    more = f" ({escaped(moment.relation)})" if moment.relation else ""
    around = escaped(moment.context).strip()
    context = f" *({around})*" if around else ""
    return f"{timestamp(moment.span.start_ms)} **{kind}**{more} {who}: {words}{context}".replace(
        " :", ":"
    )


def _facts(record: Record) -> str:
    session = record.session
    facts = [f"Session: {escaped(session.id)}"]
    if session.held_at is not None:
        facts.append(
            f"Held: {session.held_at:%Y-%m-%d %H:%M} {escaped(session.held_at.tzname() or '')}"
        )
    for recording in session.recordings:
        length = recording.duration_ms
        facts.append(
            f"Recording: {escaped(recording.name)}"
            f" ({'length unknown' if length is None else timestamp(length)})"
        )
    facts += (
        f"Imported from: {escaped(document.name)} ({escaped(document.format)})"
        for document in session.documents
    )
    if session.language:
        facts.append(f"Language: {escaped(session.language)}")
    facts += (f"Engine, {escaped(stage)}: {escaped(name)}" for stage, name in record.engines)
    known = persons(record)
    for voice in voices(record):
        name = f"{known[voice]} ({voice})" if voice in known else voice
        talked = talk_ms(record, voice)
        long = timestamp(talked) if talked >= 1_000 else "less than a second"
        facts.append(f"Voice {escaped(name)}: spoke {long}")
    return "\n".join(f"- {fact.strip()}" for fact in facts)


def _by_speaker(record: Record) -> Iterator[list[Utterance]]:
    """Utterances one after another by the same speaker, without long pauses."""
    said: list[Utterance] = []
    for utterance in record.transcript.utterances:
        if said and not _continues(said, utterance):
            yield said
            said = []
        said.append(utterance)
    if said:
        yield said


def _continues(said: list[Utterance], utterance: Utterance) -> bool:
    first, last = said[0], said[-1]
    return (
        (last.voice, last.person) == (utterance.voice, utterance.person)
        and utterance.voice is not None
        and utterance.span.gap_ms(last.span) < _LONG_PAUSE_MS
        and utterance.span.start_ms - first.span.start_ms < _LONG_PARAGRAPH_MS
    )


def _paragraph(record: Record, said: list[Utterance]) -> str:
    text = " ".join(f"{escaped(u.text)}{' *(uncertain)*' if u.uncertain else ''}" for u in said)
    head = f"{timestamp(said[0].span.start_ms)} {escaped(shown(said[0]))}"
    return f"**{head}:** {text}"
