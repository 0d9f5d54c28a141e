"""Schema of behaviour: the weights, costs and rates that hold everywhere alike."""

from __future__ import annotations

from pydantic import Field

from talentsim.config.parameter import Frozen, NonNegative, Parameter, Probability


class Weights(Frozen):
    """Weights of the terms of one decision's utility; one for each term (see `talentsim.model.utility`)."""

    beta_pay: Parameter
    beta_eco: Parameter
    beta_visa: Parameter
    beta_admission: Parameter
    beta_fee: Parameter
    beta_chilling: Parameter
    beta_diaspora: Parameter
    beta_language: Parameter
    beta_distance: Parameter
    beta_constant: Parameter
    beta_corridor: Parameter


class Location(Frozen):
    """Yearly choice of the country of work."""

    rate_search: Probability
    weights: Weights
    kappa: NonNegative
    first_move: Parameter
    first_move_age: Parameter
    onward_move: Parameter
    onward_tenure: Parameter
    return_constant: Parameter
    return_slope: Parameter
    queue_hold: NonNegative         # utils that keep those who wait for permanence where they are
    chilling: NonNegative           # how strongly established researchers feel deterrence
    age_cap: int = Field(strict=True, ge=1, le=60)


class Graduation(Frozen):
    """Choice of the country of work on completing the doctorate: the location choice with costs of its own."""

    move: Parameter
    return_constant: Parameter
    chilling: NonNegative           # how strongly graduates feel deterrence


class Study(Frozen):
    """Choice of the country of doctoral training."""

    weights: Weights
    perceived_ways: NonNegative     # chance of other ways to stay that students believe in, as a multiple of what it is
    years: int = Field(strict=True, ge=0, le=10)       # 0: everybody enters as a researcher, at home
    further_years: NonNegative                          # of a further degree, taken where a status ends


class Friction(Frozen):
    """How expected years to a durable right to work turn into friction: saturating at `cap_years`."""

    cap_years: NonNegative


class Output(Frozen):
    """Expected works and frontier works of a researcher."""

    rate: NonNegative
    eta: Parameter
    student_factor: NonNegative
    collaboration: Probability
    service: NonNegative
    frontier_share: Probability
    frontier_ability: Parameter
    frontier_eco: Parameter


class EcosystemDynamics(Frozen):
    """Partial adjustment of ecosystem strength to the weighted geometric mean of its components."""

    feedback: bool = Field(strict=True)
    adjustment: Probability
    weight_talent: Parameter
    weight_compute: Parameter
    weight_capital: Parameter
    weight_openness: Parameter
    weight_ip_protection: Parameter
    weight_translation: Parameter
    convergence_compute: Probability
    convergence_capital: Probability


class Exit(Frozen):
    """Leaving research for good."""

    rate: Probability


class Behaviour(Frozen):
    """What people do, everywhere alike; what differs between countries stands with the country."""

    location: Location
    graduation: Graduation
    study: Study
    friction: Friction
    output: Output
    ecosystem: EcosystemDynamics
    exit: Exit
