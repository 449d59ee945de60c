"""Runs cases through a prompt version and says what it broke."""
