"""What a bound says, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass

from routing.bounds.fleet import Fleet
from routing.problem import SessionProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionBound:
    """A proven bound on the cost of carrying everybody in one session.

    Attributes
    ----------
    bound_pence
        No plan of the policy costs less. [pence]
    policy
        What plans it holds for.
    state
        ``closed``: the program's exact value; ``scaled``: stopped before, riders' prices
        scaled down until proven; ``alone``: nobody could share.
    program_pence
        Value of the program over the routes found: what the bound might at most become. [pence]
    cpu_s
        Processor time of all threads. [s]
    """

    bound_pence: int
    policy: str
    state: str
    program_pence: float
    cpu_s: float
    n_rounds: int
    n_routes: int
    n_runs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundProgress:
    """How far a bound is."""

    stage: str
    seconds: float
    bound_pence: int
    program_pence: float


def describe_policy(problem: SessionProblem, fleet: Fleet) -> str:
    """Describe the plans a session's bound holds for."""
    sites = "1 site" if problem.max_sites == 1 else f"{problem.max_sites} sites"
    own = ", never more own vehicles out than there are" if fleet.n_moments else ""
    return f"at most {sites} a route, waiting only at sites{own}"
