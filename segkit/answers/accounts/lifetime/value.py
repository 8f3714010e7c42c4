"""Answers about the accounts."""

from __future__ import annotations

from segkit.answers.accounts.lifetime.contracts import contract_basis, from_contracts
from segkit.answers.accounts.lifetime.customers import LifetimeBasis
from segkit.answers.accounts.lifetime.orders import from_orders, order_basis
from segkit.answers.answer import Answer
from segkit.tables import CompanyTables

__all__ = ["lifetime_basis", "lifetime_value"]


def lifetime_value(company: CompanyTables) -> Answer:
    """Answer A5: what each customer is worth from now on.

    Contracts say who left and when, so they come first; orders alone leave it to be inferred.
    """
    return from_contracts(company) if _has_contracts(company) else from_orders(company)


def lifetime_basis(company: CompanyTables) -> LifetimeBasis:
    """Fit the models behind A5 once, so that the base can be valued under any assumptions.

    Raises
    ------
    DataError
        If there are neither contracts nor orders, or not enough of them.
    """
    return contract_basis(company) if _has_contracts(company) else order_basis(company)


def _has_contracts(company: CompanyTables) -> bool:
    contracts = company.tables.get("contracts")
    return contracts is not None and bool(contracts[["mrr", "start"]].notna().all(axis=1).any())
