"""Corrections: a session as people see it, and the verbs that correct it."""
