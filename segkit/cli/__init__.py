"""The command line."""

from segkit.cli.app import app, main

__all__ = ["app", "main"]
