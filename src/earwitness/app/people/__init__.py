"""People: series, their cast, and who the voices of a session are."""
