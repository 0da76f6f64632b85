"""The command line: ``caselink link``, ``dismiss``, ``demo``, ``synth``, ``profile``, ``blocks`` and ``evaluate``.

A mistake in the input ends with one line on the error output and exit code 2. What nobody foresaw ends with exit code 1
and the place in the code, never with a message or a variable that could hold a value of a person.
"""

from __future__ import annotations

import sys
import traceback
import warnings
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import pandas as pd
import typer

from caselink.errors import CaselinkError, CaselinkWarning, InputError
from caselink.spreadsheets import unguard_table


class FileFormat(StrEnum):
    """How tables are written."""

    CSV = "csv"
    PARQUET = "parquet"


app = typer.Typer(
    name="caselink",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # they print local variables: values of persons
    help="Record linkage for human-services agencies: one identity per person across programs.",
)

SourcesFile = Annotated[Path, typer.Option("--sources", help="The TOML file that names the files and their columns.")]
OutFolder = Annotated[Path, typer.Option("--out", help="Folder for the results.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="The same input and seed give the same output.")]
People = Annotated[int, typer.Option("--people", min=1, help="How many people live in the synthetic county.")]
Threads = Annotated[int | None, typer.Option("--threads", min=1, help="Default: all cores.")]
ModelFile = Annotated[Path | None, typer.Option("--model", help="Use this model instead of fitting one.")]


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit: 0 done, 2 wrong input or usage, 1 a defect."""
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", CaselinkWarning)
            try:
                app(args=None if arguments is None else list(arguments), prog_name="caselink")
            finally:
                _show_warnings(caught)
    except CaselinkError as error:
        _leave(str(error), code=2)
    except OSError as error:
        _leave(f"{error.filename or 'file'}: {error.strerror or 'cannot be read or written'}", code=2)
    except MemoryError:
        _leave("not enough memory; see `caselink blocks` for the rules that make the most pairs", code=2)
    except Exception as error:  # noqa: BLE001 - its message may quote a value of a person
        _leave(f"defect: {type(error).__name__} at {_place(error)}; please report this line", code=1)
    raise SystemExit(0)


def _show_warnings(caught: Iterable[warnings.WarningMessage]) -> None:
    """Our own warnings, a line each; those of other packages may quote a value and help nobody here."""
    for warning in caught:
        if issubclass(warning.category, CaselinkWarning):
            sys.stderr.write(f"caselink: warning: {' '.join(str(warning.message).split())}\n")


def _leave(message: str, *, code: int) -> NoReturn:
    sys.stderr.write(f"caselink: {' '.join(message.split())}\n")
    raise SystemExit(code)


def _place(error: Exception) -> str:
    """The innermost lines of code that the error went through, ours first."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "caselink" in Path(frame.filename).parts]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed((ours or frames)[-4:]))


def _show_version(asked: bool) -> None:  # noqa: FBT001 - typer's callback
    if asked:
        from importlib.metadata import version

        typer.echo(f"caselink {version('caselink')}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and leave.")
    ] = False,
) -> None:
    """Record linkage for human-services agencies: one identity per person across programs."""


@app.command()
def link(  # noqa: PLR0913 - one parameter an option
    sources: SourcesFile,
    out: OutFolder,
    *,
    model: ModelFile = None,
    purpose: Annotated[
        str, typer.Option("--purpose", help="What the results are for, which fixes what they may show.")
    ] = "statistics",
    keep_links: Annotated[
        bool, typer.Option("--keep-links", help="Also write the scored pairs: links.parquet and .csv.")
    ] = False,
    review: Annotated[
        int, typer.Option("--review", min=0, help="Also write review.html: so many uncertain pairs to decide.")
    ] = 0,
    unmasked: Annotated[
        bool, typer.Option("--unmasked", help="Whole values in review.html, where the purpose may see them.")
    ] = False,
    decisions: Annotated[
        Path | None, typer.Option("--decisions", help="What review.html exported: what people decided of pairs holds.")
    ] = None,
    seed: Seed = 0,
    threads: Threads = None,
) -> None:
    """Link the files: one person_id for each record."""
    from caselink.linking import RunOptions, link_files
    from caselink.printing import show_files, show_run
    from caselink.progress import ShowProgress
    from caselink.settings import read_settings

    settings = read_settings(sources)
    with ShowProgress() as progress:
        options = RunOptions(
            model=model,
            purpose=purpose,
            keep_links=keep_links,
            review=review,
            masked=not unmasked,
            decisions=decisions,
            seed=seed,
            threads=threads,
            progress=progress,
        )
        linked = link_files(settings, out, options)
    show_run(linked.summary)
    show_files(linked.files)


@app.command()
def dismiss(
    findings: Annotated[list[str], typer.Argument(help="Findings by their ids, as they stand in findings.csv.")],
    *,
    results: Annotated[Path, typer.Option("--in", help="The folder that `caselink link` wrote.")],
    why: Annotated[str, typer.Option("--why", help="What was seen. Name nobody.")],
    file: Annotated[Path, typer.Option("--dispositions", help="The CSV of what was decided; made if need be.")] = Path(
        "dispositions.csv"
    ),
    who: Annotated[str | None, typer.Option("--who", help="Who decided. Default: this account.")] = None,
    reopen: Annotated[bool, typer.Option("--reopen", help="Take back what was decided of them.")] = False,
) -> None:
    """Dismiss findings: they stay dismissed in later runs until their evidence changes."""
    from datetime import UTC, datetime

    from caselink.confidentiality.audit import who as account
    from caselink.leads import Dispositions

    decided = Dispositions.read(file) if file.exists() else Dispositions()
    told = _read_ids(results / "findings.parquet")[["finding_id", "evidence"]]
    if reopen:  # what was dismissed is not among the findings of the last run
        told = decided.table.rename(columns={"finding": "finding_id"})[["finding_id", "evidence"]]
    evidence = dict(told.astype(object).itertuples(index=False, name=None))
    unknown = sum(one not in evidence for one in findings)
    if unknown:
        where = file if reopen else results / "findings.csv"
        raise InputError(
            f"{unknown} of {len(findings)} ids are not there; give them as they stand in it", file=str(where)
        )
    rows = [(one, str(evidence[one])) for one in dict.fromkeys(findings)]
    decision, when = "open" if reopen else "dismissed", datetime.now(UTC).date().isoformat()
    decided.decide(rows, decision, who=who or account(), when=when, why=why).write(file)
    typer.echo(f"{len(rows)} {'reopened' if reopen else 'dismissed'} in {file}")
    typer.echo(f'The next run heeds it if sources.toml says, above the first [[source]]: dispositions = "{file.name}"')


@app.command()
def demo(people: People = 20_000, out: OutFolder = Path("caselink-demo"), seed: Seed = 0) -> None:
    """Draw a synthetic county, link its files as `caselink link` does, and compare with the truth."""
    from caselink.demo import run_demo
    from caselink.printing import show_files, show_run, show_scores
    from caselink.progress import ShowProgress

    with ShowProgress() as progress:
        linked, scores = run_demo(people, out, seed=seed, progress=progress)
    show_run(linked.summary)
    show_scores(scores, by_sources=False)
    show_files(sorted(out.iterdir()))


@app.command()
def synth(  # noqa: PLR0913 - one parameter an option
    people: Annotated[int, typer.Option("--people", min=1)],
    out: OutFolder,
    *,
    months: Annotated[int, typer.Option("--months", min=1, help="How many months of the county's life.")] = 12,
    profile: Annotated[str, typer.Option("--profile", help="How much goes wrong: mild, typical, hard or a .toml.")] = (
        "typical"
    ),
    file_format: Annotated[FileFormat, typer.Option("--format", help="Of the tables.")] = FileFormat.CSV,
    monthly: Annotated[bool, typer.Option("--monthly", help="Also the extract of every month.")] = False,
    in_layouts: Annotated[
        bool, typer.Option("--layouts", help="Files as agencies exchange them, in known layouts (see `layouts`).")
    ] = False,
    seed: Seed = 0,
    threads: Threads = None,
) -> None:
    """Write the extracts of a synthetic county, their sources.toml and the truth."""
    from caselink.errors import SpecError
    from caselink.printing import show_frame
    from caselink.progress import ShowProgress
    from caselink.synthetic import draw_county, write_county

    if in_layouts and (monthly or file_format is not FileFormat.CSV):
        raise SpecError(
            "--layouts writes each file as its layout is, with all months; leave out --format and --monthly"
        )
    with ShowProgress() as progress:
        county = draw_county(
            people, months=months, profile=profile, seed=seed, processes=threads or _cores(), progress=progress
        )
    if in_layouts:
        from caselink.county_files import write_county_layouts

        folder = write_county_layouts(county, out)
    else:
        folder = write_county(county, out, file_format=file_format.value, monthly=monthly)
    show_frame(county.counts(), title=f"A county of {people:,} people over {months} months")
    typer.echo(f"Written: {folder}")


def _cores() -> int:
    import os

    return os.cpu_count() or 1


@app.command()
def layouts(
    layout: Annotated[str | None, typer.Argument(help="A layout by its name, or a .toml of your own.")] = None,
) -> None:
    """List the layouts that files may have; with a name, its fields and where each fact comes from."""
    from caselink.layouts import layout_names, read_layout
    from caselink.printing import show_layout, show_layouts

    if layout is None:
        show_layouts([read_layout(name) for name in layout_names()])
    else:
        show_layout(read_layout(layout))


@app.command()
def profile(sources: SourcesFile) -> None:
    """Count what is in the files, by column, and what says less than it seems to. Never shows a value."""
    from caselink.normalize import normalize, patterns
    from caselink.normalize import profile as profile_tables
    from caselink.printing import show_frame
    from caselink.settings import read_settings
    from caselink.settings.files import declared_cleaning, read_sources

    settings = read_settings(sources)
    extracts, cleaning = read_sources(settings), declared_cleaning(settings)
    show_frame(profile_tables(*extracts, cleaning=cleaning), title="What is in the files")
    show_frame(patterns(normalize(*extracts, cleaning=cleaning)), title="What says less than it seems to")


@app.command()
def blocks(sources: SourcesFile) -> None:
    """Count the pairs that each blocking rule makes, before they are compared."""
    from caselink.linker import count_pairs
    from caselink.normalize import normalize
    from caselink.printing import show_frame
    from caselink.settings import read_settings
    from caselink.settings.files import declared_cleaning, read_sources

    settings = read_settings(sources)
    records = normalize(*read_sources(settings), cleaning=declared_cleaning(settings))
    show_frame(count_pairs(records, settings.blocking), title=f"Pairs among {len(records):,} records")


@app.command()
def evaluate(
    persons: Annotated[Path, typer.Option("--persons", help="persons.parquet or .csv of a run.")],
    truth: Annotated[Path, typer.Option("--truth", help="A table with source, record_id and entity_id.")],
    *,
    errors: Annotated[
        Path | None, typer.Option("--errors", help="What went wrong: source, record_id, field, kind.")
    ] = None,
    group: Annotated[str | None, typer.Option("--group", help="A column of the truth: scores for each group.")] = None,
) -> None:
    """Compare persons with the truth: precision, recall and F1, by error and by group if asked."""
    from caselink.evaluate import evaluate as evaluate_persons
    from caselink.evaluate import losses_by_error, scores_by_group
    from caselink.printing import show_errors, show_groups, show_scores

    found, true = _read_ids(persons), _read_ids(truth)
    show_scores(evaluate_persons(found, true))
    if group is not None:
        show_groups(scores_by_group(found, true, group))
    if errors is not None:
        show_errors(losses_by_error(found, true, _read_ids(errors)))


def _read_ids(file: Path) -> pd.DataFrame:
    """A CSV or Parquet table of ids, each column as text."""
    if not file.is_file():
        raise InputError("no such file", file=str(file))
    try:
        if file.suffix.lower() == ".parquet":
            return pd.read_parquet(file)
        return unguard_table(pd.read_csv(file, dtype="string"))
    except (ValueError, OSError) as error:  # what the parsers say may quote a line
        raise InputError(f"cannot be read as a table ({type(error).__name__})", file=str(file)) from None


if __name__ == "__main__":
    main()
