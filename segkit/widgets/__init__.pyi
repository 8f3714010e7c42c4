from .consensus import hold_conference
from .decision import record_decision
from .decision_file import DecisionFile
from .judgement_file import Judgement, JudgementFile, merge_judgements
from .lifetime import what_if
from .market import explore_market
from .segments import explore_segments

__all__ = [
    "DecisionFile",
    "Judgement",
    "JudgementFile",
    "explore_market",
    "explore_segments",
    "hold_conference",
    "merge_judgements",
    "record_decision",
    "what_if",
]
