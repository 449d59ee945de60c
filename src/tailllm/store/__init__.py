"""Remembers calls and answers questions; a cache that can always be rebuilt from the logs."""
