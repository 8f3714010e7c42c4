from .answer import MIME_TYPE, Answer
from .asking import ask

__all__ = ["MIME_TYPE", "Answer", "ask"]
