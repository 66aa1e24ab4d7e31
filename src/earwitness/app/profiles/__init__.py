"""Profiles: what sessions would add to what is kept of characters and people."""
