"""Reads `earwitness/transcript@1` back into the record it was written from."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Final, NoReturn

from earwitness.core.doubt import REASONS
from earwitness.core.errors import UnsupportedSource
from earwitness.core.moment import MOMENT_KINDS, Moment
from earwitness.core.session import Document, Recording, Session, Track
from earwitness.core.span import Span
from earwitness.core.speech import Doubt, Turn, Word
from earwitness.core.summary import Gist, Summary
from earwitness.core.transcript import SCHEMA, Label, Record, Transcript, Utterance

_FAMILY: Final = SCHEMA.partition("@")[0] + "@"
_LARGEST: Final = 2**53
"""Beyond this, JSON's numbers are not exact for every reader."""

_ESCAPED_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_HINT: Final = "give a transcript.json that Earwitness wrote and nobody edited by hand"


def parse(text: str) -> Record:
    """The record a JSON export was made from; `parse(export(record)) == record`.

    What the file derives from the rest (`voices`, every `text` of an utterance) is not read, nor
    are fields this version does not know.

    Raises:
        UnsupportedSource: If it is no JSON, of another schema, or breaks a rule of the nouns. The
            message names the place, never what was said there.
    """
    top = _Fields(_loaded(text), "")
    schema = top.text("schema")
    if schema != SCHEMA:
        newer = schema.startswith(_FAMILY)
        raise UnsupportedSource(
            "the transcript has another version of the format" if newer else f"no {SCHEMA} file",
            hint="update Earwitness, then try again" if newer else _HINT,
        )
    try:
        return _record(top)
    except UnsupportedSource:
        raise
    except (ValueError, TypeError) as error:
        raise UnsupportedSource("the transcript contradicts itself", hint=_HINT) from error


def _loaded(text: str) -> object:
    try:
        loaded: object = json.loads(text, parse_constant=_refuse_constant)
        if _ESCAPED_HALF.search(text):
            json.dumps(loaded, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        what = "holds half characters" if isinstance(error, UnicodeError) else "is not JSON"
        raise UnsupportedSource(f"the file {what}", hint=_HINT) from error
    return loaded


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _wrong(path: str, wanted: str) -> UnsupportedSource:
    return UnsupportedSource(f"{path or 'the file'} is not {wanted}", hint=_HINT)


class _Fields:
    """The fields of one JSON object, each read with the type it must have."""

    def __init__(self, value: object, path: str) -> None:
        if not isinstance(value, dict):
            raise _wrong(path, "an object")
        self._values: dict[str, object] = value
        self.path = path

    def _at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def value(self, name: str) -> object:
        if name not in self._values:
            raise _wrong(self._at(name), "there")
        return self._values[name]

    def text(self, name: str) -> str:
        found = self.value(name)
        if not isinstance(found, str):
            raise _wrong(self._at(name), "text")
        return found

    def text_or_none(self, name: str) -> str | None:
        return None if self.value(name) is None else self.text(name)

    def whole(self, name: str) -> int:
        found = self.value(name)
        if not isinstance(found, int) or isinstance(found, bool) or abs(found) > _LARGEST:
            raise _wrong(self._at(name), "a whole number")
        return found

    def whole_or_none(self, name: str) -> int | None:
        return None if self.value(name) is None else self.whole(name)

    def share_or_none(self, name: str) -> float | None:
        found = self.value(name)
        if found is None:
            return None
        if not isinstance(found, int | float) or isinstance(found, bool) or not 0 <= found <= 1:
            raise _wrong(self._at(name), "a number from 0 to 1")
        return float(found)

    def flag(self, name: str) -> bool:
        found = self.value(name)
        if not isinstance(found, bool):
            raise _wrong(self._at(name), "true or false")
        return found

    def doubt(self) -> Doubt | None:
        """Files of before the guard have none."""
        found = self._values.get("doubt")
        if found is None:
            return None
        for known in REASONS:
            if known == found:
                return known
        raise _wrong(self._at("doubt"), "a reason to doubt")

    def items(self, name: str) -> list[object]:
        found = self.value(name)
        if not isinstance(found, list):
            raise _wrong(self._at(name), "a list")
        return found

    def texts(self, name: str) -> list[str]:
        found = [each for each in self.items(name) if isinstance(each, str)]
        if len(found) != len(self.items(name)):
            raise _wrong(self._at(name), "a list of text")
        return found

    def wholes(self, name: str) -> list[int]:
        found = [each for each in self.items(name) if type(each) is int and abs(each) <= _LARGEST]
        if len(found) != len(self.items(name)):
            raise _wrong(self._at(name), "a list of whole numbers")
        return found

    def rows(self, name: str) -> list[_Fields]:
        place = self._at(name)
        return [_Fields(row, f"{place}[{n}]") for n, row in enumerate(self.items(name))]

    def rows_if_any(self, name: str) -> list[_Fields]:
        return self.rows(name) if name in self._values else []

    def is_missing(self, name: str) -> bool:
        return self._values.get(name) is None

    def within(self, name: str) -> _Fields:
        return _Fields(self.value(name), self._at(name))

    def span(self) -> Span:
        start_ms, end_ms = self.whole("start_ms"), self.whole("end_ms")
        if not 0 <= start_ms < end_ms:
            raise _wrong(self.path, "a stretch of time")
        return Span(start_ms, end_ms)


def _record(top: _Fields) -> Record:
    return Record(
        session=_session(top),
        transcript=Transcript(
            utterances=tuple(_utterance(row) for row in top.rows("utterances")),
            labels=tuple(_label(row) for row in top.rows("labels")),
        ),
        turns=tuple(
            Turn(row.span(), row.text("voice"), row.whole_or_none("track"))
            for row in top.rows("turns")
        ),
        engines=tuple((row.text("stage"), row.text("engine")) for row in top.rows("engines")),
        warnings=tuple(top.texts("warnings")),
        moments=tuple(_moment(row) for row in top.rows_if_any("moments")),
        summary=_summary(top),
    )


def _summary(top: _Fields) -> Summary | None:
    """None: there is none, or the file is older than summaries are."""
    if top.is_missing("summary"):
        return None
    told = top.within("summary")
    sentences = tuple(
        Gist(row.text("text"), tuple(row.wholes("evidence"))) for row in told.rows("sentences")
    )
    return Summary(sentences, told.text("by"))


def _session(top: _Fields) -> Session:
    session = top.within("session")
    held_at = session.text_or_none("held_at")
    return Session(
        id=session.text("id"),
        title=session.text("title"),
        playbook=session.text("playbook"),
        language=session.text_or_none("language"),
        recordings=tuple(_recording(row) for row in top.rows("recordings")),
        held_at=None if held_at is None else datetime.fromisoformat(held_at),
        local_only=session.flag("local_only"),
        documents=tuple(_document(row) for row in top.rows_if_any("documents")),
        tracks=tuple(_track(row) for row in top.rows_if_any("tracks")),
    )


def _moment(row: _Fields) -> Moment:
    kind = next((each for each in MOMENT_KINDS if each == row.text("kind")), None)
    if kind is None:
        raise _wrong(f"{row.path}.kind", "a kind of moment")
    return Moment(
        kind,
        row.span(),
        tuple(row.wholes("evidence")),
        row.text("text"),
        row.text_or_none("quote"),
        row.text("context"),
        tuple(row.texts("who")),
        row.text_or_none("relation"),
        row.share_or_none("confidence"),
        row.text("by"),
    )


def _track(row: _Fields) -> Track:
    return Track(
        person=row.text_or_none("person"),
        offset_ms=row.whole_or_none("offset_ms"),
        is_mix=None if row.value("mix") is None else row.flag("mix"),
        said=row.flag("said"),
    )


def _recording(row: _Fields) -> Recording:
    return Recording(
        id=row.text("id"),
        name=row.text("name"),
        size_bytes=row.whole("size_bytes"),
        duration_ms=row.whole_or_none("duration_ms"),
        channels=row.whole("channels"),
        rate_hz=row.whole("rate_hz"),
    )


def _document(row: _Fields) -> Document:
    return Document(
        id=row.text("id"),
        name=row.text("name"),
        size_bytes=row.whole("size_bytes"),
        format=row.text("format"),
        part=row.text("part"),
    )


def _utterance(row: _Fields) -> Utterance:
    return Utterance(
        id=row.whole("id"),
        span=row.span(),
        words=tuple(_word(word) for word in row.rows("words")),
        voice=row.text_or_none("voice"),
        person=row.text_or_none("person"),
        uncertain=row.flag("uncertain"),
        language=row.text_or_none("language"),
    )


def _word(row: _Fields) -> Word:
    return Word(
        text=row.text("text"),
        span=row.span(),
        confidence=row.share_or_none("confidence"),
        glued=row.flag("glued"),
        doubt=row.doubt(),
    )


def _label(row: _Fields) -> Label:
    return Label(
        utterance=row.whole("utterance"),
        scheme=row.text("scheme"),
        value=row.text("value"),
        confidence=row.share_or_none("confidence"),
        by=row.text("by"),
    )
