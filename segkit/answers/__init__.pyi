from .answer import MIME_TYPE, Answer
from .asking import ask
from .segments.disagreements import disagreements

__all__ = ["MIME_TYPE", "Answer", "ask", "disagreements"]
