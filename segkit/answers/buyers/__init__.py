"""Buyers: B1 to B5."""
