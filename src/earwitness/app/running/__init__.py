"""Running: what was asked for becomes a run that is carried out, followed and done again."""
