"""Measures on this machine, side by side: a ratio says more than a time."""
