"""Playbooks: what each audience expects, as folders that people can read, copy and change."""
