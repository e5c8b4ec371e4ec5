"""How a night ended: exit code, summary line, and the call of a person."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from data.nights import Publication


@dataclass(frozen=True, slots=True, kw_only=True)
class NightOutcome:
    """How a night ended.

    Attributes
    ----------
    exit_code
        0 optimised, 10 repaired, 11 stale, 20 nothing to do.
    stages
        How each stage ended.
    needs
        What a person has to look at.
    """

    exit_code: int
    service_date: date
    publication: Publication | None = None
    folder: Path | None = None
    stages: tuple[tuple[str, str], ...] = ()
    needs: tuple[str, ...] = ()
    n_proposals: int = 0
    seconds: float = 0.0
    message: str = ""

    def build_record(self) -> dict[str, object]:
        """Build the summary line: no personal value is in it."""
        found = self.publication
        return {
            "exit_code": self.exit_code,
            "service_date": self.service_date.isoformat(),
            "state": None if found is None else found.state.value,
            "version": None if found is None else found.version_no,
            "plan_id": None if found is None else found.plan_id,
            "cost_pence": None if found is None else found.explanation.after_pence,
            "differences": None if found is None else len(found.explanation.reasons),
            "not_applied": None if found is None else len(found.explanation.not_applied),
            "proposals_waiting": self.n_proposals,
            "stages": dict(self.stages),
            "needs": list(self.needs),
            "seconds": round(self.seconds, 1),
            "message": self.message,
        }


def call_alert(command: Sequence[str], outcome: NightOutcome) -> bool:
    """Run the alert command with the summary line on standard input; say whether it worked."""
    try:
        done = subprocess.run(  # noqa: S603  the administrator's own command
            list(command),
            input=json.dumps(outcome.build_record()).encode(),
            timeout=30,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0
