from .consensus import hold_conference
from .judgement_file import JudgementFile, merge_judgements
from .lifetime import what_if
from .market import explore_market
from .segments import explore_segments

__all__ = [
    "JudgementFile",
    "explore_market",
    "explore_segments",
    "hold_conference",
    "merge_judgements",
    "what_if",
]
