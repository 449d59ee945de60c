"""Simulated production traffic of a support assistant."""
