"""Synthetic people: families in a county, and what programs have on file about them, with the truth beside it.

Everything is drawn at random from public name frequencies; no record describes a real person. Start with
:func:`draw_county` and :func:`write_county`, or with :func:`draw_records` to measure speed.
"""

from caselink.synthetic.county import County, draw_county
from caselink.synthetic.files import write_county
from caselink.synthetic.race import draw_records
from caselink.synthetic.rates import EMPLOYMENT_RATES, IVA_RATES, IVD_RATES, ErrorRates, NameWidths

__all__ = [
    "EMPLOYMENT_RATES",
    "IVA_RATES",
    "IVD_RATES",
    "County",
    "ErrorRates",
    "NameWidths",
    "draw_county",
    "draw_records",
    "write_county",
]
