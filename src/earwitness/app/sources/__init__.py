"""Sources: recordings and transcripts come into the library."""
