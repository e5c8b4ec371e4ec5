"""The night: a checked, explained plan for tomorrow, published whatever happens."""

from nightly.config import NightConfig, read_config
from nightly.day_changes import read_day_changes
from nightly.day_inputs import DayInputs, apply_day_changes
from nightly.envelope import find_breaches
from nightly.explain import explain_plan, write_explanation
from nightly.outcome import NightOutcome
from nightly.supervise import run_night

__all__ = [
    "DayInputs",
    "NightConfig",
    "NightOutcome",
    "apply_day_changes",
    "explain_plan",
    "find_breaches",
    "read_config",
    "read_day_changes",
    "run_night",
    "write_explanation",
]
