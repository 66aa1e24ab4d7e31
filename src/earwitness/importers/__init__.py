"""Importers: transcripts made elsewhere, read without losing what was said."""
