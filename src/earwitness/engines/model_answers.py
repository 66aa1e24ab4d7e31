"""Answers: the forms that language models are asked to fill in."""

from __future__ import annotations

from pydantic import BaseModel, Field


class ClaimedLabel(BaseModel):
    """One label."""

    utterance: int = Field(description="the id of the utterance, as it was given")
    scheme: str = Field(description="which question is answered")
    value: str = Field(description="one of its answers")
    confidence: float | None = Field(None, description="how sure, from 0 to 1")


class ClaimedLabels(BaseModel):
    """Labels of some utterances."""

    labels: list[ClaimedLabel]


class ClaimedMoment(BaseModel):
    """One moment."""

    kind: str = Field(description="one of the kinds that are looked for")
    evidence: list[int] = Field(description="ids of the utterances that show it")
    text: str = Field(description="what it is, in one sentence")
    quote: str | None = Field(None, description="words exactly as they stand there")
    context: str = Field("", description="one or two sentences around it")
    who: list[str] = Field(default_factory=list, description="persons or characters, by name")
    relation: str | None = Field(None, description="of a relationship: what two are to each other")
    confidence: float | None = Field(None, description="how sure, from 0 to 1")


class ClaimedMoments(BaseModel):
    """Moments; none when there are none."""

    moments: list[ClaimedMoment]


class ClaimedSentence(BaseModel):
    """One sentence of a note."""

    text: str = Field(description="a short sentence in plain words")
    evidence: list[int] = Field(description="ids of the utterances that bear it out")


class ClaimedSentences(BaseModel):
    """Sentences in order; none when nothing was said that belongs here."""

    sentences: list[ClaimedSentence]


class ClaimedSection(BaseModel):
    """What belongs in one section."""

    key: str = Field(description="the key of the section, exactly as it was given")
    sentences: list[ClaimedSentence]


class ClaimedSections(BaseModel):
    """Sections for which something was said; the others are left out."""

    sections: list[ClaimedSection]


def share(confidence: float | None) -> float | None:
    """A confidence that makes sense, or None."""
    return confidence if confidence is not None and 0.0 <= confidence <= 1.0 else None
