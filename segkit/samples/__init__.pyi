from .case import Case
from .larkspur import make_case
from .shop import make_orders

__all__ = ["Case", "make_case", "make_orders"]
