from .answer import MIME_TYPE, Answer
from .asking import ANSWERS, ask, state_of_questions

__all__ = ["ANSWERS", "MIME_TYPE", "Answer", "ask", "state_of_questions"]
