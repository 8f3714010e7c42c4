"""Lifetime value: how often customers buy, whether they stay, and what they are worth."""

from __future__ import annotations

from segkit.value.beta_geo import BetaGeo, ModifiedBetaGeo
from segkit.value.bgbb import BetaGeoBetaBinomial
from segkit.value.churn import ConstantChurn, ExponentialGamma
from segkit.value.compare import ModelComparison, compare_models
from segkit.value.contract import ContractValue, contract_value
from segkit.value.discounted import LifetimeValue, lifetime_value
from segkit.value.gamma_gamma import GammaGamma
from segkit.value.nbd import NBD
from segkit.value.pareto_nbd import ParetoNBD
from segkit.value.retention import BetaDiscreteWeibull, ShiftedBetaGeometric
from segkit.value.scorecard import Scorecard, scorecard, tracking
from segkit.value.setting import Setting, choose_setting
from segkit.value.summary import customer_summary

__all__ = [
    "NBD",
    "BetaDiscreteWeibull",
    "BetaGeo",
    "BetaGeoBetaBinomial",
    "ConstantChurn",
    "ContractValue",
    "ExponentialGamma",
    "GammaGamma",
    "LifetimeValue",
    "ModelComparison",
    "ModifiedBetaGeo",
    "ParetoNBD",
    "Scorecard",
    "Setting",
    "ShiftedBetaGeometric",
    "choose_setting",
    "compare_models",
    "contract_value",
    "customer_summary",
    "lifetime_value",
    "scorecard",
    "tracking",
]
