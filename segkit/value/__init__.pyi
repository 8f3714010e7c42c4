from .beta_geo import BetaGeo, ModifiedBetaGeo
from .bgbb import BetaGeoBetaBinomial
from .churn import ConstantChurn, ExponentialGamma
from .compare import ModelComparison, compare_models
from .contract import ContractValue, contract_value
from .discounted import LifetimeValue, lifetime_value
from .doctor import Findings, diagnose
from .durations import contract_durations
from .gamma_gamma import GammaGamma
from .holdout import HoldoutScorecard, scorecard, tracking
from .nbd import NBD
from .one_price import one_price
from .pareto_nbd import ParetoNBD
from .policy import AS_RECORDED, Policy
from .retention import BetaDiscreteWeibull, ShiftedBetaGeometric
from .setting import Setting, choose_setting
from .summary import customer_summary

__all__ = [
    "AS_RECORDED",
    "NBD",
    "BetaDiscreteWeibull",
    "BetaGeo",
    "BetaGeoBetaBinomial",
    "ConstantChurn",
    "ContractValue",
    "ExponentialGamma",
    "Findings",
    "GammaGamma",
    "HoldoutScorecard",
    "LifetimeValue",
    "ModelComparison",
    "ModifiedBetaGeo",
    "ParetoNBD",
    "Policy",
    "Setting",
    "ShiftedBetaGeometric",
    "choose_setting",
    "compare_models",
    "contract_durations",
    "contract_value",
    "customer_summary",
    "diagnose",
    "lifetime_value",
    "one_price",
    "scorecard",
    "tracking",
]
