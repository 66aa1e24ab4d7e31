"""Engines: one module each, found through the registry; model libraries live only here."""
