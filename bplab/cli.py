"""The `bplab` command.

Each command imports what it needs when it runs, so `bplab --help` is quick. Exit codes: 0 all well,
1 something failed its check, 2 bad usage or input. A user's mistake is one line, never a traceback.
"""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import click

from bplab import __version__
from bplab.text import aligned

DIRECTORY = click.argument(
    "directory",
    metavar="[DIR]",
    default="bplab-lessons",
    type=click.Path(path_type=Path),
)

MESSAGES = {
    "copied": "new: {name}",
    "updated": "updated: {name}",
    "restored": "restored, as it was missing: {name}",
    "beside": "you changed {name}, so the newer lesson is beside it: {path.name}",
}


class Problem(click.ClickException):
    """Bad input: `Error: …` on stderr, exit code 2."""

    exit_code = 2


class Commands(click.Group):
    """Turns the errors a user can cause into one line each."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # the reader of our output has gone; click ends quietly
            raise
        except (ValueError, OSError) as error:
            raise Problem(str(error)) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="bplab")
def main() -> None:
    """Backpropagation: proved, computed and checked."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a pipe on Windows cannot write ✓ and ✗ otherwise
            stream.reconfigure(encoding="utf-8")


@main.command()
@DIRECTORY
@click.option("--no-browser", is_flag=True, help="Start JupyterLab without opening a browser.")
@click.option(
    "--port",
    metavar="N",
    type=click.IntRange(1, 65535),
    help="Listen on this port and no other.",
)
@click.option("--no-launch", is_flag=True, help="Only copy the lessons.")
def lab(directory: Path, no_browser: bool, port: int | None, no_launch: bool) -> None:
    """Copy the lessons into DIR (default: bplab-lessons) and open JupyterLab there.

    Your work is never overwritten: when a lesson that you changed has a newer version, it is put
    beside yours under another name.
    """
    from bplab.workspace import fill, lessons_source, port_problem

    if port is not None and not no_launch and (problem := port_problem(port)):
        raise ValueError(f"{problem}; give --port another number, or leave it out")
    outcomes = fill(directory, lessons_source(), __version__)
    for outcome in outcomes:
        if outcome.action in MESSAGES:
            click.echo(MESSAGES[outcome.action].format_map(outcome._asdict()))
    kept = Counter(outcome.action for outcome in outcomes)["kept"]
    yours = f", {kept} of them changed by you" if kept else ""
    click.echo(f"{len(outcomes)} lesson files in {directory}{yours}")
    if not no_launch:
        sys.exit(launch(directory, no_browser=no_browser, port=port))


def launch(workspace: Path, *, no_browser: bool, port: int | None) -> int:
    """Run JupyterLab in the workspace until it ends, and return its exit code."""
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={workspace.resolve()}"]
    if no_browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # in a container everyone is root; JupyterLab would refuse
    if port is not None:
        command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    server = subprocess.Popen(command)
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    while True:
        try:
            return server.wait()
        except KeyboardInterrupt:  # Ctrl-C reached JupyterLab too, which asks before it stops
            continue


@main.command()
@DIRECTORY
def doctor(directory: Path) -> None:
    """Check this installation, and say how to repair what is wrong.

    DIR is the workspace that `bplab lab` uses or would make.
    """
    from bplab.doctor import examine

    findings = examine(directory)
    width = max(len(finding.subject) for finding in findings)
    click.echo(f"bplab {__version__}")
    for finding in findings:
        click.echo(f"{'✓' if finding.ok else '✗'} {finding.subject:{width}}  {finding.detail}")
        if not finding.ok:
            click.echo(f"  {'':{width}}  → {finding.remedy}")
    wrong = sum(not finding.ok for finding in findings)
    click.echo("all is well" if not wrong else f"{wrong} of {len(findings)} checks failed")
    sys.exit(1 if wrong else 0)


@main.command()
@click.argument("rules", nargs=-1, metavar="[RULE]...")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def verify(rules: tuple[str, ...], as_json: bool) -> None:
    """Prove, compute and check each RULE (default: all of them).

    The theorem is proved by two methods, the NumPy code is compared with code generated from the
    proof, with the complex step and with exact arithmetic, and each known mistake must be rejected.
    """
    from bplab.rulebook import verify as verify_rules

    report = verify_rules(rules, progress=bar("rule"))
    click.echo(report.to_json() if as_json else table(json.loads(report.to_json())))
    sys.exit(0 if report.ok else 1)


@main.command()
@click.argument("notebook", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--timeout",
    metavar="S",
    default=60.0,
    show_default=True,
    type=click.FloatRange(min=0, min_open=True),
    help="Stop a cell after this many seconds.",
)
def check(notebook: Path, timeout: float) -> None:
    """Run NOTEBOOK in a fresh kernel and tell which of its exercises pass.

    The notebook itself is not changed. Exit code 1 if an exercise failed or was not attempted, or
    if a cell had to be stopped.
    """
    from bplab.running import run_checks

    run = run_checks(notebook, seconds=timeout, progress=bar("cell"))
    click.echo(str(run))
    sys.exit(0 if run.passed else 1)


@main.command()
@click.argument(
    "directory", metavar="[DIR]", required=False, type=click.Path(exists=True, path_type=Path)
)
def progress(directory: Path | None) -> None:
    """Show how far you have come in each lesson.

    DIR is the workspace, or a folder in it (default: this folder, else bplab-lessons).
    """
    from bplab.exercises import progress as progress_in
    from bplab.workspace import find_workspace

    folders = [directory] if directory else [Path(), Path("bplab-lessons")]
    found = [place for folder in folders if (place := find_workspace(folder.resolve()))]
    if not found:
        raise ValueError(
            f"no lessons in {directory or 'this folder'}: give the DIR you gave to bplab lab"
        )
    shown = progress_in(found[0])
    if shown.problem:
        raise ValueError(shown.problem)
    click.echo(str(shown))


@main.command()
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
def solutions(directory: Path) -> None:
    """Write solved copies of all lessons into DIR, a new folder or an empty one."""
    from bplab.solutions import write_solutions
    from bplab.workspace import lessons_source

    lessons = sorted(lessons_source().glob("*.ipynb"))
    written = list(bar("lesson")(write_solutions(directory, lessons), total=len(lessons)))
    click.echo(f"{len(written)} solved lessons in {directory}")


@main.command()
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
def site(directory: Path) -> None:
    """Write the web edition of the lessons into DIR, a new or empty folder.

    Its pages open in a browser from the folder, without Jupyter and without a network. Their
    drawings can be moved; exercises are shown, and answered in JupyterLab.
    """
    from bplab.site import write_site
    from bplab.workspace import lessons_source

    lessons = sorted(lessons_source().glob("*.ipynb"))
    written = list(bar("lesson")(write_site(directory, lessons), total=len(lessons)))
    click.echo(f"{len(written)} lessons in {directory}: open {directory / 'index.html'}")


@main.command()
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.argument("submissions", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    "results",
    metavar="RESULTS",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder that the reports are written to.",
)
@click.option(
    "--workers",
    metavar="N",
    default=os.cpu_count() or 1,
    type=click.IntRange(min=1),
    help="Grade so many submissions at a time (default: one a processor).",
)
@click.option(
    "--timeout",
    metavar="S",
    default=30.0,
    show_default=True,
    type=click.FloatRange(min=0, min_open=True),
    help="Stop a cell or a test after this many seconds.",
)
@click.option(
    "--memory",
    metavar="MB",
    default=1024,
    show_default=True,
    type=click.IntRange(min=64),
    help="Give each submission so much memory.",
)
@click.option("--dask", metavar="ADDRESS", default="", help="Grade on this Dask cluster.")
@click.option("--resume", is_flag=True, help="Keep what an interrupted run has graded already.")
@click.option("--unsafe", is_flag=True, help="Grade even where nothing shields this machine.")
def grade(
    source: Path,
    submissions: Path,
    results: Path,
    workers: int,
    timeout: float,
    memory: int,
    dask: str,
    resume: bool,
    unsafe: bool,
) -> None:
    """Grade the notebooks in SUBMISSIONS against SOURCE.

    SOURCE is a lesson, or any notebook (or folder of them) in nbgrader's format; SUBMISSIONS holds
    student/assignment/notebook.ipynb or student.ipynb. Exit code 1 if a human has to look at some.
    """
    from bplab.grading.session import Session, read_assignment
    from bplab.grading.settings import Settings

    settings = Settings(seconds=timeout, memory=memory, unsafe=unsafe)
    session = Session(read_assignment(source), submissions, results, settings)
    folder = source if source.is_dir() else source.parent
    outcomes = session.run(
        workers=workers, resume=resume, dask=dask, folder=folder, progress=bar("submission")
    )
    click.echo(", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items())))
    click.echo(f"reports: {results / 'grades.csv'}, {results / 'summary.html'}")
    sys.exit(0 if set(outcomes) <= {"graded"} else 1)


def bar(unit: str) -> Any:
    """A progress bar for an iterable, on a terminal only."""
    from tqdm import tqdm

    return partial(tqdm, unit=unit, leave=False, disable=not sys.stderr.isatty())


HEADINGS = ("rule", "proved", "generated", "complex step", "exact", "mistakes rejected", "seconds")


def table(report: dict[str, Any]) -> str:
    """The report of `verify` as aligned columns, with the totals below."""
    lines = aligned([HEADINGS, *map(cells, report["rules"])])
    total = f"{len(report['rules'])} rules in {report['seconds']:.1f} s"
    return "\n".join([*lines, total])


def cells(rule: dict[str, Any]) -> tuple[str, ...]:
    methods = " ".join(f"{name} {tick(proved)}" for name, proved in rule["methods"].items())
    mistakes = rule["mistakes"]
    return (
        rule["name"],
        f"{tick(rule['proved'])} {methods}",
        tick(rule["generated"]),
        f"{rule['numeric']['max_relative_error']:.1e}",
        tick(rule["exact"]),
        f"{mistakes['rejected']}/{mistakes['total']}",
        f"{rule['seconds']:.2f}",
    )


def tick(right: bool) -> str:
    return "✓" if right else "✗"
