"""Do customers leave at all? Every model of dropout is compared with the one without."""

from __future__ import annotations

from typing import Self

from segkit.value._histories import Histories
from segkit.value._purchases import PurchaseModel
from segkit.value.likelihood_ratio import LikelihoodRatio
from segkit.value.nbd import NBD

__all__ = ["AttritionModel"]


class AttritionModel(PurchaseModel):
    """A model of purchases whose customers may leave.

    Attributes
    ----------
    attrition_ : LikelihoodRatio
        Whether the data show that customers leave, against the model in which nobody does.
    """

    _verdicts = (("attrition_", LikelihoodRatio),)

    attrition_: LikelihoodRatio

    def fit_histories(self, data: Histories) -> Self:
        """Estimate the parameters, and test whether customers leave at all."""
        super().fit_histories(data)
        self.attrition_ = LikelihoodRatio.of(
            richer=self.log_likelihood_, simpler=self._without_attrition(data), extra=2
        )
        if not self.attrition_.detected:
            note = (
                f"No attrition is detectable ({self.attrition_}): P(alive) is not identified. "
                "Use the model without attrition, or observe longer."
            )
            self.notes_ += (note,)
        return self

    def _without_attrition(self, data: Histories) -> float:
        """Log-likelihood of the model in which nobody leaves."""
        return NBD().fit_histories(data.without_recency()).log_likelihood_
