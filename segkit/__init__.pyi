from . import process, report, samples, segments, sizing, value, workshop
from .answers import Answer
from .base import CustomerBase, read, sample

__all__ = [
    "Answer",
    "CustomerBase",
    "process",
    "read",
    "report",
    "sample",
    "samples",
    "segments",
    "sizing",
    "value",
    "workshop",
]
__version__: str
