"""Cleanup: what nobody may need any more is found, and removed when somebody says so."""
