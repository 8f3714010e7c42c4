"""What to do about each finding in events that can be decided in more than one way."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import Literal

from segkit.errors import ParameterError

__all__ = ["AS_RECORDED", "Policy"]

_CHOICES = {
    "duplicates": ("set aside", "keep"),
    "zero_amounts": ("set aside", "keep"),
    "refunds": ("net", "set aside"),
    "extreme_spenders": ("keep", "set aside"),
}


@dataclass(frozen=True)
class Policy:
    """What is done about each finding that can be decided in more than one way.

    Parameters
    ----------
    duplicates : {"set aside", "keep"}
        Rows equal in every column of the events, amounts in cents: counted once, or each
        counted.
    zero_amounts : {"set aside", "keep"}
        Whether a customer's day of nothing but zero amounts is no purchase, or one.
    refunds : {"net", "set aside"}
        Negative amounts: taken off the same customer's spend of the same day, or left out.
        A day whose sum is not positive is no purchase in either case.
    extreme_spenders : {"keep", "set aside"}
        Customers whose spend after the first purchase is beyond `extreme_spend`, likely
        resellers or bots.
    extreme_spend : float, optional
        In money. Without it, one and a half interquartile ranges above the upper quartile of
        the logarithm of that spend [1]_; never among fewer than 20 customers who came back.

    Raises
    ------
    ParameterError
        If a decision is none of these.

    References
    ----------
    .. [1] Tukey, J. W. (1977). Exploratory Data Analysis. Addison-Wesley, section 2D.

    Examples
    --------
    >>> Policy(zero_amounts="drop")
    Traceback (most recent call last):
    segkit.errors.ParameterError: The 'zero_amounts' parameter of Policy must be ...
    """

    duplicates: Literal["set aside", "keep"] = "set aside"
    zero_amounts: Literal["set aside", "keep"] = "set aside"
    refunds: Literal["net", "set aside"] = "net"
    extreme_spenders: Literal["keep", "set aside"] = "keep"
    extreme_spend: float | None = None

    def __post_init__(self) -> None:
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                expected = " or ".join(map(repr, choices))
                raise ParameterError(name, "Policy", expected, getattr(self, name))
        if self.extreme_spend is not None and not _is_positive(self.extreme_spend):
            raise ParameterError("extreme_spend", "Policy", "positive", self.extreme_spend)


def _is_positive(spend: object) -> bool:
    return isinstance(spend, Real) and float(spend) > 0


AS_RECORDED = Policy(duplicates="keep", zero_amounts="keep")
"""Every row counts as it stands, as in the published studies of the CDNOW data."""
