"""Exporters: one small class per format, found through the registry."""
