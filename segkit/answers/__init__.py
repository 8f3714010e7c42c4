"""The questions answered: `Answer`, and one short function for each question."""

from segkit.answers.answer import MIME_TYPE, Answer
from segkit.answers.asking import ANSWERS, ask, state_of_questions

__all__ = ["ANSWERS", "MIME_TYPE", "Answer", "ask", "state_of_questions"]
