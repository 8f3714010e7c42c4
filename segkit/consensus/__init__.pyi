from .comparison import RankComparison, compare_rankings
from .concordance import Concordance, kendall_w
from .contests import bradley_terry
from .criteria import CriteriaRanking, rank_by_criteria
from .disagreement import Disagreement, pair_disagreement, rank_disagreement, value_disagreement
from .hierarchy import AHP, ahp
from .points import Borda, borda
from .stages import plackett_luce
from .worth import Worths

__all__ = [
    "AHP",
    "Borda",
    "Concordance",
    "CriteriaRanking",
    "Disagreement",
    "RankComparison",
    "Worths",
    "ahp",
    "borda",
    "bradley_terry",
    "compare_rankings",
    "kendall_w",
    "pair_disagreement",
    "plackett_luce",
    "rank_by_criteria",
    "rank_disagreement",
    "value_disagreement",
]
