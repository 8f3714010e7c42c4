from .case import Case
from .larkspur import make_case

__all__ = ["Case", "make_case"]
