"""Every user verb once."""
