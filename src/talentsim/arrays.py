"""Aliases for the arrays of the model: what a shape or a dtype means is said once, here.

Axes are written in the order of the shape: `o` origin country, `t` training country, `w` work country, `c` current
country, `k` alternative, `n` researchers, `y` years. Countries are always in the order of `Countries.codes`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

CountryCode = np.uint8      # position of a country in `Countries.codes`; a world has at most `config.world.MOST_COUNTRIES`
EmployerCode = np.uint16    # position in `EmployerTable.names`
Year = np.int16
Address = np.uint64         # a person's part of the counters of all their draws

Floats = NDArray[np.floating[Any]]
Integers = NDArray[np.integer[Any]]
Words = NDArray[np.uint64]
Codes = NDArray[np.uint8]
EmployerCodes = NDArray[np.uint16]
Booleans = NDArray[np.bool_]
Texts = NDArray[np.str_]

ABILITY_UNIT = 1.0 / 256.0
"""Ability is kept as a 16-bit whole number of these, so that its sums are exact in any order."""

HOME_UNIT = 1.0 / 4096.0
"""Home attachment is kept as a signed 16-bit whole number of these, in utils."""
