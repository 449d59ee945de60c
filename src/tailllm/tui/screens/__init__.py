"""Whole screens; widgets never import them."""
