"""Employers of a configured world: the generic ones of each country, then the firms with a name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from talentsim.arrays import Floats, Integers
from talentsim.config import Config
from talentsim.model.tables import SECTORS, codes_of, site_table
from talentsim.vocab import Sector


@dataclass(frozen=True)
class EmployerTable:
    """Employers in this order: academia of each country, national firms of each country, firms with a name."""

    names: tuple[str, ...]
    sector: Integers            # (e) Sector
    hq: Integers                # (e) position of the headquarters country
    pay_premium: Floats         # (e) share of the country's pay on top
    weight: Floats              # (e, k) share of the country's posts in the sector, without policies


def employer_table(config: Config) -> EmployerTable:
    """Gather the employers: each country's academia, each country's national firms, then those with a name.

    The weights are shares of a country's posts in the employer's sector, as they are without policies.
    """
    codes, named = codes_of(config), config.employers.values()
    n = len(codes)
    here = np.arange(n)
    return EmployerTable(
        names=tuple(f"{sector} {code}" for sector in SECTORS for code in codes) + tuple(config.employers),
        sector=np.repeat([Sector.ACADEMIA, Sector.INDUSTRY], [n, n + len(named)]),
        hq=np.concatenate([here, here, np.array([codes.index(each.hq) for each in named], dtype=np.int64)]),
        pay_premium=np.concatenate([np.zeros(2 * n), [float(each.pay_premium) for each in named]]),
        weight=site_weights(site_table(config), n),
    )


def site_weights(named: Floats, n_countries: int) -> Floats:
    """Return the weights of all employers' sites, given those of the employers with a name.

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
