"""A file of edits: read strictly, and never repeated in an error."""

from __future__ import annotations

import json

import pytest

from earwitness.app.corrections.edit_file import read_batch
from earwitness.app.corrections.wanted import UNSAID, Edit, read_field
from earwitness.core.errors import UsageError
from earwitness.core.override import Field


def test_a_file_of_edits() -> None:
    rows = [
        {"utterance": 0, "field": "speaker_id", "value": "S2", "was": "S1", "reason": "heard"},
        {"utterance": 1, "field": "person", "value": None},
    ]
    batch = read_batch(json.dumps({"edits": rows, "revision": "abc-1"}))
    assert batch.revision == "abc-1"
    assert batch.edits == (
        Edit(0, Field.VOICE, "S2", "S1", "heard"),
        Edit(1, Field.PERSON, None, UNSAID, ""),
    )
    assert read_batch(json.dumps(rows)).edits == batch.edits
    assert {read_field(str(field)) for field in Field if field != Field.UNDO} == set(Field) - {
        Field.UNDO
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "7",
        '{"edits": [], "more": 1}',
        '{"edits": [{}], "revision": 7}',
        '[{"utterance": "0", "field": "text", "value": "x"}]',
        '[{"utterance": 0, "field": "mood", "value": "x"}]',
        '[{"utterance": 0, "field": "undo", "value": null}]',
        '[{"utterance": 0, "field": "text", "value": ["x"]}]',
        '[{"utterance": 0, "field": "text", "value": "x", "was": 7.5}]',
        '[{"utterance": 0, "field": "text", "value": "x", "reason": 7}]',
        '[{"utterance": 0, "field": "text"}]',
    ],
)
def test_what_is_no_file_of_edits(text: str) -> None:
    with pytest.raises(UsageError):
        read_batch(text)
