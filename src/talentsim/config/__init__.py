"""Configuration: composed by Hydra from YAML, checked once, frozen."""

from talentsim.config.errors import UserError, nearest, unknown_name
from talentsim.config.parameter import Parameter, parameters_of
from talentsim.config.schema import Config, Policy

__all__ = ["Config", "Parameter", "Policy", "UserError", "nearest", "parameters_of", "unknown_name"]
