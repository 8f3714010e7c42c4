"""Larkspur HR, the sample company, drawn from a seed with its planted truths."""

from segkit.samples.case import Case
from segkit.samples.larkspur import make_case

__all__ = ["Case", "make_case"]
