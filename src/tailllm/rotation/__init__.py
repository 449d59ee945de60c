"""Rotation sessions: engineers read real calls, chosen to surprise them."""
