"""Probe, decode and read sound (PyAV); times are never trimmed."""
