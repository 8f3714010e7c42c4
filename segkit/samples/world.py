"""What the tables rest on: accounts, deals, contracts, people and users with latent columns."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from segkit.samples.accounts import draw_accounts, draw_partners, partner_accounts
from segkit.samples.committees import draw_contacts, draw_opp_contacts
from segkit.samples.customers import (
    add_partner_contracts,
    add_status,
    draw_contracts,
    price_deals,
)
from segkit.samples.deals import draw_deals
from segkit.samples.routes import add_delivery_costs
from segkit.samples.streams import Texts, codes, scaled
from segkit.samples.users import draw_users

Tables = dict[str, pd.DataFrame]

__all__ = ["Tables", "World", "draw_world"]


@dataclass(frozen=True)
class World:
    """Larkspur HR before it is written down: frames with the latent columns still in them."""

    seed: int
    scale: float
    partners: pd.DataFrame
    accounts: pd.DataFrame
    partner_accounts: pd.DataFrame
    reps: Texts
    deals: pd.DataFrame
    contracts: pd.DataFrame
    contacts: pd.DataFrame
    opp_contacts: pd.DataFrame
    users: pd.DataFrame

    @property
    def end_user_contracts(self) -> pd.DataFrame:
        """Contracts of accounts that use the product themselves."""
        return self.contracts[self.contracts["segment"].notna()]


def draw_world(seed: int, scale: float) -> World:
    """Draw everything that more than one table needs."""
    partners = draw_partners(seed, scale)
    accounts = draw_accounts(seed, scale, partners)
    sellers = partner_accounts(partners, len(accounts))
    reps = codes("R", scaled(24, scale, least=12))
    deals = draw_deals(seed, scale, accounts, reps)
    price_deals(seed, accounts, deals)
    add_delivery_costs(deals, seed)
    own = draw_contracts(seed, scale, accounts, deals)
    contracts = add_partner_contracts(seed, own, sellers)
    add_status(accounts, contracts, deals)
    contacts = draw_contacts(seed, deals)
    return World(
        seed,
        scale,
        partners,
        accounts,
        sellers,
        reps,
        deals,
        contracts,
        contacts,
        draw_opp_contacts(seed, deals, contacts),
        draw_users(seed, scale, contracts),
    )
