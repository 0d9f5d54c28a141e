"""Employers of a configured world: the generic ones of each country, then the named firms.

Everybody's employer is one code in one list. How the list is laid out is known here alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from talentsim.arrays import Booleans, CountryCode, EmployerCode, EmployerCodes, Floats, Integers
from talentsim.config import Config
from talentsim.model.tables import SECTORS, codes_of, site_table
from talentsim.vocab import Sector

NO_EMPLOYER = np.iinfo(EmployerCode).max
NO_FIRM = -1


@dataclass(frozen=True)
class FirmTable:
    """Named firms; a firm's place here is its place along the first axis of the levers of firms."""

    names: tuple[str, ...]
    hq: Integers                # (f) position of the headquarters country
    pay_premium: Floats         # (f) share of the country's pay on top
    weight: Floats              # (f, k) share of the country's posts in industry, without policies

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True)
class EmployerTable:
    """Employers in this order: academia of each country, national firms of each country, named firms."""

    n_countries: int
    names: tuple[str, ...]
    sector: Integers            # (e) Sector
    hq: Integers                # (e) position of the headquarters country
    weight: Floats              # (e, k) share of the country's posts in the sector, without policies
    firms: FirmTable

    def university(self, country: Integers) -> EmployerCodes:
        """Return the academic employer of each country."""
        return country.astype(EmployerCode)

    def national(self, country: Integers) -> EmployerCodes:
        """Return the national firms of each country, which are one employer."""
        return (country.astype(EmployerCode) + EmployerCode(self.n_countries)).astype(EmployerCode)

    def named(self, firm: Integers) -> EmployerCodes:
        """Return the employer that each named firm is."""
        return (firm + 2 * self.n_countries).astype(EmployerCode)

    def firm_of(self, employer: EmployerCodes) -> Integers:
        """Return each employer's place among the named firms; NO_FIRM for the others and for NO_EMPLOYER."""
        firm = employer.astype(np.int64) - 2 * self.n_countries
        return np.where((firm >= 0) & (employer != NO_EMPLOYER), firm, NO_FIRM)

    def is_firm(self, employer: EmployerCodes) -> Booleans:
        """Return which employers are in industry; of those who have one."""
        return np.asarray(employer >= self.n_countries)

    def is_named(self, employer: EmployerCodes) -> Booleans:
        """Return which employers are named firms."""
        return np.asarray((employer >= 2 * self.n_countries) & (employer != NO_EMPLOYER))

    @cached_property
    def hq_code(self) -> np.ndarray:
        """Headquarters of each employer as country codes, narrow to look up for everybody."""
        return self.hq.astype(CountryCode)


def employer_table(config: Config) -> EmployerTable:
    """Gather the employers: each country's academia, each country's national firms, then the named ones.

    The weights are shares of a country's posts in the employer's sector, as they are without policies.
    """
    codes, named = codes_of(config), config.employers.values()
    n = len(codes)
    here, weight = np.arange(n), site_weights(site_table(config), n)
    firms = FirmTable(
        names=tuple(config.employers), hq=np.array([codes.index(each.hq) for each in named], dtype=np.int64),
        pay_premium=np.array([float(each.pay_premium) for each in named]), weight=weight[2 * n:])
    return EmployerTable(
        n_countries=n,
        names=tuple(f"{sector} {code}" for sector in SECTORS for code in codes) + firms.names,
        sector=np.repeat([Sector.ACADEMIA, Sector.INDUSTRY], [n, n + len(firms)]),
        hq=np.concatenate([here, here, firms.hq]), weight=weight, firms=firms)


def site_weights(named: Floats, n_countries: int) -> Floats:
    """Return the weights of all employers' sites, given those of the named employers.

    National firms take what is left of a country's industry. Where a policy gives more than all of it away, those with
    a name share it in proportion.

    Parameters
    ----------
    named
        Lever site_weight, shape (n_named, n_countries).

    Returns
    -------
    Shares of a country's posts in the sector, shape (n_employers, n_countries): academia and industry each sum to 1.
    """
    taken = named.sum(axis=0)
    named = named / np.maximum(taken, 1.0)
    return np.concatenate([np.eye(n_countries), np.diag(1.0 - np.minimum(taken, 1.0)), named])
