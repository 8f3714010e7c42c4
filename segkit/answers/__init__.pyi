from .answer import Answer
from .asking import ask
from .content import MIME_TYPE
from .segments.disagreements import disagreements

__all__ = ["MIME_TYPE", "Answer", "ask", "disagreements"]
