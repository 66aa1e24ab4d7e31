"""The nouns, their rules, the ports and the errors: standard library only."""
