"""Ports of the text stages: what is asked of rules and of language models, alike."""

from __future__ import annotations

from typing import Protocol

from earwitness.core.claims import Labels, Moments
from earwitness.core.note import Section, Template
from earwitness.core.playbook import Scheme
from earwitness.core.ports import Engine
from earwitness.core.reading import Reading, Window


class Classifier(Engine, Protocol):
    """Says what utterances are. What it does not know it leaves out."""

    def classify(self, window: Window, schemes: tuple[Scheme, ...]) -> Labels:
        """Labels of one window's lines; depends on nothing else. Thread-safe.

        Raises:
            EngineError: It failed on this window.
        """
        ...


class Extractor(Engine, Protocol):
    """Finds moments."""

    def extract(self, window: Window) -> Moments:
        """Moments of one window's lines; depends on nothing else. Thread-safe.

        Raises:
            EngineError: It failed on this window.
        """
        ...


class Writer(Engine, Protocol):
    """Writes notes."""

    def write(self, reading: Reading, moments: Moments, template: Template) -> tuple[Section, ...]:
        """The template's sections, every sentence with its evidence.

        Raises:
            EngineError: It failed.
        """
        ...
