"""Stages: pure functions over nouns and ports."""
