"""What exercises and their keys are called where they are written and where they are read."""

__all__ = ["EXERCISES", "KEY"]

EXERCISES = "exercises.json"
"""The file beside a participant's notebook that `check` reads."""
KEY = "application/vnd.segkit.key+json"
"""The MIME type of a key in a facilitator's notebook."""
