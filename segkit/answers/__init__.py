"""The questions answered: `Answer`, and one short function for each question."""

from segkit.answers.answer import MIME_TYPE, Answer

__all__ = ["MIME_TYPE", "Answer"]
