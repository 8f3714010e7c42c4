from .answerable import coverage
from .catalogue import (
    Question,
    all_questions,
    questions,
    questions_needing,
    supporting_questions,
)

__all__ = [
    "Question",
    "all_questions",
    "coverage",
    "questions",
    "questions_needing",
    "supporting_questions",
]
