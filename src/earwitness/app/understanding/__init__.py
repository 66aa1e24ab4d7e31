"""Understanding: what the lines of a session are, its moments, its notes, and words to know."""
