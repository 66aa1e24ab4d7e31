"""Earwitness: long, many-voiced recordings become a record one can trust and correct."""
