"""All files of a county in the layouts asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from caselink.errors import SpecError
from caselink.synthetic.county import County
from caselink.synthetic.layout_files.families_report import REPORTS, ReportOptions, report_files
from caselink.synthetic.layout_files.held import FileOfLayout, quarters
from caselink.synthetic.layout_files.registry import registry_file
from caselink.synthetic.layout_files.state_extracts import iva_file, ivd_file, referral_file
from caselink.synthetic.layout_files.work_files import job_program_file, new_hire_file, wage_file

_MAKERS: dict[str, Callable[[County], FileOfLayout]] = {
    "state_iva": iva_file,
    "state_ivd": ivd_file,
    "referrals": referral_file,
    "fcr": registry_file,
    "wioa": job_program_file,
    "new_hire": new_hire_file,
    "quarterly_wage": wage_file,
}

LAYOUTS = ("tanf", *_MAKERS)
"""The layouts that are written unless others are named; ``ssp`` and ``tribal`` can be, too."""


def files_in_layouts(
    county: County, layouts: Sequence[str] = LAYOUTS, *, last_quarters: int | None = None, in_code: bool = True
) -> Iterator[FileOfLayout]:
    """Make the files one after the other; reports of families for the ``last_quarters`` only, by default for all."""
    unknown = sorted(set(layouts) - {*REPORTS, *_MAKERS})
    if unknown:
        raise SpecError(f"a county has no files of the layouts {unknown}; it has {', '.join((*REPORTS, *_MAKERS))}")
    if last_quarters is not None and last_quarters < 1:
        raise SpecError(f"last_quarters must be 1 or more, got {last_quarters}")
    reports = ReportOptions(layouts=tuple(name for name in REPORTS if name in layouts), in_code=in_code)
    for name, make in _MAKERS.items():
        if name in layouts:
            yield make(county)
    yield from report_files(county, quarters(county, last_quarters), reports)
