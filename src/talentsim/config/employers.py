"""Schema of the named employers: firms with laboratories in several countries."""

from __future__ import annotations

from pydantic import Field, model_validator

from talentsim.config.parameter import CountryName, Frozen, Parameter, Probability

MOST_FIRMS = 1000
"""Random addresses tell 1,023 firms apart."""


class Employer(Frozen):
    """A multinational: where it is owned, where it has laboratories, and what it pays.

    The weight of a site is its share of the country's posts in industry. What the named employers leave of a country's
    industry belongs to its national firms, and academia to its universities: these are generic, one each per country.
    """

    title: str
    hq: CountryName
    sites: dict[CountryName, Probability] = Field(min_length=1)
    pay_premium: Parameter      # on the pay of the country
    placement: Probability      # chance that somebody whose status ends, or who is not let in, is placed in a laboratory elsewhere
    note: str = ""

    @model_validator(mode="after")
    def _check(self) -> Employer:
        if self.hq not in self.sites:
            raise ValueError(f"the headquarters country {self.hq} has no site; allowed: one of {', '.join(self.sites)}. "
                             "Give it a weight, 0 if need be")
        return self
