"""Lifetime value, A5: from contracts, or else from orders."""
