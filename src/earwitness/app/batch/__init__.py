"""Batch: many sources worked through, and a report of all of them."""
