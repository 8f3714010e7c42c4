"""Answers about the accounts."""

from __future__ import annotations

from segkit.answers.answer import Answer
from segkit.answers.lifetime_contracts import from_contracts
from segkit.answers.lifetime_orders import from_orders
from segkit.tables import CompanyTables

__all__ = ["lifetime_value"]


def lifetime_value(company: CompanyTables) -> Answer:
    """Answer A5: what each customer is worth from now on.

    Contracts say who left and when, so they come first; orders alone leave it to be inferred.
    """
    contracts = company.tables.get("contracts")
    usable = contracts is not None and contracts[["mrr", "start"]].notna().all(axis=1).any()
    return from_contracts(company) if usable else from_orders(company)
