"""Our sampler and emulator of the calibration beside emcee's ensemble sampler and scikit-learn's Gaussian process: answer and processor time.

    python benchmarks/libraries.py                      # some three minutes on one core, at OMP_NUM_THREADS=1
    python benchmarks/libraries.py FOLDER/runs.parquet  # the emulators on the real runs of a `talentsim calibrate world=ai`

Both planted problems have the size of the AI world's calibration. The sampler's is linear and normal, so that the posterior has a closed
form; the emulator's are smooth functions that depend on a few parameters each, seen with luck, and are held against runs left out, as the
real ones are. The libraries are no dependencies: the script installs nothing and says which one is missing.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.stats import norm

from talentsim.arrays import Floats
from talentsim.calibration.emulator import fit_emulator, transformed
from talentsim.calibration.sampler import ensemble_sample
from talentsim.calibration.targets import targets_of

N_PARAMETERS, N_TARGETS, N_WALKERS, N_KEPT, N_EMULATED = 52, 75, 200, 4096, 12
"""Parameters, targets and walkers as in the AI world; a dozen targets tell emulators apart."""

N_CLIMBED = 15
"""Steps of scikit-learn's search for its kernel; to its end it takes more than four minutes with a length for each parameter."""

Density = Callable[[Floats], Floats]


class Planted:
    """Targets that are linear in the parameters: prior standard normal, posterior in closed form."""

    def __init__(self, seed: int = 1) -> None:
        rng = np.random.default_rng(seed)
        self.slopes = rng.normal(size=(N_PARAMETERS, N_TARGETS)) * (rng.uniform(size=(N_PARAMETERS, N_TARGETS)) < 0.1)
        self.tolerance = np.geomspace(0.1, 1.0, N_TARGETS)
        self.observed = rng.normal(size=N_PARAMETERS) @ self.slopes
        covariance = np.linalg.inv(np.eye(N_PARAMETERS) + (self.slopes / self.tolerance**2) @ self.slopes.T)
        self.mean, self.spread = covariance @ (self.slopes / self.tolerance**2) @ self.observed, np.sqrt(np.diag(covariance))

    def log_likelihood(self, z: Floats) -> Floats:
        """Return that of scores, shape (n, n_parameters)."""
        return np.asarray(-0.5 * (((z @ self.slopes - self.observed) / self.tolerance) ** 2).sum(axis=1))

    def told(self, draws: Floats) -> str:
        """Say how far the draws' means lie off, in standard deviations of the posterior, and how wide the draws are beside it."""
        off = np.sqrt(np.mean(((draws.mean(axis=0) - self.mean) / self.spread) ** 2))
        return f"means off by {off:5.3f} sd, spread {np.median(draws.std(axis=0) / self.spread):4.2f} of the posterior's"


def timed(what: str, told: Callable[[], str]) -> None:
    """Print what something answers and the processor time that it takes."""
    start = time.process_time()
    words = told()
    print(f"  {what:46s} {words}, {time.process_time() - start:6.1f} s", flush=True)


def samplers(n_steps: int) -> None:
    """Sample the planted posterior with as many steps each."""
    planted = Planted()
    print(f"{N_PARAMETERS} parameters, {N_WALKERS} walkers, {n_steps} steps, of which the second half is drawn from")
    timed("ours (it goes on where means are not known)", lambda: planted.told(
        ensemble_sample(planted.log_likelihood, N_PARAMETERS, N_WALKERS, n_steps, 1, N_KEPT).draws))
    if find_spec("emcee") is None:
        print("  emcee is missing: pip install emcee")
        return
    import emcee

    def density(z: Floats) -> Floats:
        return planted.log_likelihood(z) - 0.5 * (z**2).sum(axis=1)

    def sampled(moves: object, longer: int) -> str:
        sampler = emcee.EnsembleSampler(N_WALKERS, N_PARAMETERS, density, vectorize=True, moves=moves)
        sampler.random_state = np.random.RandomState(1).get_state()
        sampler.run_mcmc(0.7 * np.random.default_rng(1).normal(size=(N_WALKERS, N_PARAMETERS)), longer * n_steps, thin_by=1)
        return planted.told(sampler.get_chain(flat=True, discard=longer * n_steps // 2))

    for longer in (1, 5):
        timed(f"emcee, stretch moves, {longer * n_steps} steps", lambda longer=longer: sampled(emcee.moves.StretchMove(), longer))
        timed(f"emcee, differences and snooker, {longer * n_steps} steps", lambda longer=longer: sampled(
            [(emcee.moves.DEMove(), 0.8), (emcee.moves.DESnookerMove(), 0.2)], longer))


def planted_runs(n_runs: int) -> tuple[Floats, Floats]:
    """Return prior probabilities of parameters, and targets that depend on a few of them each, with luck."""
    rng = np.random.default_rng(2)
    z = rng.normal(size=(n_runs, N_PARAMETERS))
    slopes = rng.normal(size=(N_PARAMETERS, N_EMULATED)) * (rng.uniform(size=(N_PARAMETERS, N_EMULATED)) < 0.08)
    smooth = np.tanh(0.4 * z @ slopes) + 0.1 * (z @ slopes) * z[:, :1]
    return norm.cdf(z), smooth + 0.1 * rng.normal(size=smooth.shape)


def real_runs(path: Path) -> tuple[Floats, Floats]:
    """Return those of the version that most runs of a calibration are of, in random order, on the emulated scale."""
    table = pd.read_parquet(path)
    if "version" in table:
        table = table[table["version"] == table["version"].mode()[0]]
    table = table.sample(frac=1.0, random_state=3)
    targets = [each for each in targets_of("ai") if each.id in table and table[each.id].nunique() > 1]
    z = table[[column for column in table if column.startswith("z ")]].to_numpy()
    shown = transformed(targets, table[[each.id for each in targets]].to_numpy())
    return norm.cdf(z), np.where(np.isfinite(shown), shown, np.nanmean(shown, axis=0))


def emulators(ranks: Floats, shown: Floats) -> None:
    """Foretell the last fifth of the runs from the others."""
    n_runs = len(ranks) * 4 // 5
    seen, left = slice(n_runs), slice(n_runs, None)
    print(f"{shown.shape[1]} targets, {ranks.shape[1]} parameters, {n_runs} runs seen and {len(ranks) - n_runs} left out")

    def told(mean: Floats, variance: Floats) -> str:
        missed = (shown[left] - mean) ** 2
        explained = 1.0 - missed.mean(axis=0) / shown[left].var(axis=0)
        return f"explained {explained.mean():5.3f} (median {np.median(explained):5.3f}), squared miss over what it says {np.mean(missed / variance):4.2f}"

    timed("ours", lambda: told(*fit_emulator(ranks[seen], shown[seen]).predicted(ranks[left])))
    if find_spec("sklearn") is None:
        print("  scikit-learn is missing: pip install scikit-learn")
        return
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, DotProduct, WhiteKernel

    warnings.simplefilter("ignore", ConvergenceWarning)        # of a scale that goes to its bound

    def climbed(missed: Callable[[Floats], object], start: Floats, bounds: Floats) -> tuple[Floats, float]:
        found = minimize(missed, start, method="L-BFGS-B", jac=True, bounds=bounds, options={"maxiter": N_CLIMBED})
        return found.x, found.fun

    def fitted(n_lengths: int) -> str:
        lengths = np.full(n_lengths, 10.0) if n_lengths > 1 else 10.0
        kernel = ConstantKernel(10.0) * DotProduct() + ConstantKernel(1.0) * RBF(lengths, (1e-1, 1e4)) + WhiteKernel(0.1)
        process = GaussianProcessRegressor(kernel, normalize_y=True, optimizer=climbed).fit(2.0 * ranks[seen] - 1.0, shown[seen])
        mean, error = process.predict(2.0 * ranks[left] - 1.0, return_std=True)
        return told(mean, error**2)

    timed("scikit-learn, one length for all parameters", lambda: fitted(1))
    timed("scikit-learn, a length for each parameter", lambda: fitted(ranks.shape[1]))


def main() -> None:
    """Run both comparisons, or that of the emulators on real runs."""
    if sys.argv[1:]:
        emulators(*real_runs(Path(sys.argv[1])))
        return
    samplers(1000)
    emulators(*planted_runs(750))


if __name__ == "__main__":
    main()
