"""Whole interviews on every engine profile, and what of their delay is our own."""
