"""Synthetic people: families of a county over months, what programs have on file about them, and the truth beside it.

Everything is drawn at random from public name frequencies; no record describes a real person. Start with
:func:`draw_county` and :func:`write_county`, or with :func:`draw_records` to measure speed.
"""

from caselink.synthetic.county import County, draw_county
from caselink.synthetic.files import write_county
from caselink.synthetic.findings.sites import PlantRates
from caselink.synthetic.keying.profiles import Profile, read_profile
from caselink.synthetic.keying.rates import ErrorRates, NameWidths, Subgroup
from caselink.synthetic.race import draw_records

__all__ = [
    "County",
    "ErrorRates",
    "NameWidths",
    "PlantRates",
    "Profile",
    "Subgroup",
    "draw_county",
    "draw_records",
    "read_profile",
    "write_county",
]
