"""Accounts: A1 to A6."""
