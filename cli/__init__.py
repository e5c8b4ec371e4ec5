"""The command line: words to calls, errors to exit codes; the only room that prints.

Heavy libraries are imported inside the commands, so that ``wayfare --help`` stays quick.
"""

from __future__ import annotations

import logging
import os
import sys

import typer

from cli import (
    alternatives,
    appraising,
    backups,
    bells,
    company,
    drawing,
    eligibility_policies,
    expiries,
    finance,
    loading,
    messages,
    night,
    outturn,
    papers,
    people,
    persons,
    planning,
    policy,
    providers,
    rates,
    repairing,
    serving,
    storing,
    studies,
    tenders,
    timetables,
    training,
    watching,
)
from cli.common import note
from cli.log_keeping import CommandLog, hold_log
from cli.stopping import INTERRUPTED

__all__ = ["app", "main"]

app = typer.Typer(
    name="wayfare",
    help="Plan, price, check and show home-to-school and adult social-care transport.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
)
app.add_typer(planning.app)
app.add_typer(repairing.app)
app.add_typer(night.app)
app.add_typer(watching.app)
app.add_typer(serving.app)
app.add_typer(night.changes_app, name="changes")
app.add_typer(policy.app)
app.add_typer(alternatives.app)
app.add_typer(eligibility_policies.policies_app, name="eligibility")
app.add_typer(bells.app)
app.add_typer(loading.app)
app.add_typer(loading.roads_app, name="roads")
app.add_typer(timetables.app, name="timetable")
app.add_typer(training.app, name="training")
app.add_typer(loading.postcodes_app, name="postcodes")
app.add_typer(loading.schools_app, name="schools")
app.add_typer(finance.app, name="finance")
app.add_typer(finance.contracts_app, name="contracts")
studies.app.command("draws")(drawing.draw_scenarios)
app.add_typer(studies.app, name="scenario")
app.add_typer(appraising.app, name="appraise")
storing.app.command("key")(backups.make_key)
storing.app.command("drill")(backups.drill)
storing.app.command("person")(persons.show_person)
storing.app.command("erase")(persons.erase_person)
storing.app.command("retain")(persons.retain_records)
storing.app.command("pseudonymise")(persons.export_pseudonymised)
app.add_typer(storing.app, name="store")
app.add_typer(providers.app)
app.add_typer(rates.app, name="rates")
app.command()(rates.carbon)
app.command("expiries")(expiries.list_expiries)
app.add_typer(people.app, name="people")
app.add_typer(messages.app, name="messages")
app.add_typer(papers.app)
app.add_typer(papers.paper_app, name="paper")
app.add_typer(outturn.app, name="outturn")
app.add_typer(company.app, name="company")
app.add_typer(tenders.app, name="tender")


def main() -> None:
    """Run the command line, and note in the place's log how it ended."""
    held = hold_log(app, sys.argv[1:])
    try:
        _call(held)
    except SystemExit as done:
        # What sys.exit takes: a code, nothing, or a text that means 1.
        held.end(done.code if isinstance(done.code, int) else int(done.code is not None))
        raise


def _call(held: CommandLog) -> None:
    """Call the command; the only place where every exception is caught."""
    from data.errors import InputError, StoreError, WayfareError

    logging.getLogger("wayfare").setLevel(logging.WARNING)
    try:
        app(standalone_mode=True)
    except InputError as error:
        held.error = error
        note(str(error))
        sys.exit(error.exit_code)
    except WayfareError as error:
        held.error = error
        note(f"Error: {error}")
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, SystemExit) as done:
        # typer turns Ctrl-C into the exit without a word.
        if isinstance(done, SystemExit) and done.code != INTERRUPTED:
            raise
        note("Interrupted before the command ended; nothing of it was kept.")
        sys.exit(INTERRUPTED)
    except OSError as error:
        held.error = error
        note(f"Error: {error.strerror or error}: {error.filename or 'a file'}")
        sys.exit(StoreError.exit_code)
    except Exception as error:
        held.error = error
        if os.environ.get("WAYFARE_TRACEBACK"):
            raise
        note(
            f"A defect of wayfare ({type(error).__name__}). Nothing was published. "
            "Run again with WAYFARE_TRACEBACK=1 to see where, and report it."
        )
        sys.exit(70)
