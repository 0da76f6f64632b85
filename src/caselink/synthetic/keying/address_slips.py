"""Addresses as on file: a whole household is out of date or missing together, slips are each record's own."""

from __future__ import annotations

import numpy as np

from caselink.synthetic.draws import Floats, Ints, Texts
from caselink.synthetic.keying.name_slips import slip
from caselink.synthetic.keying.sheet import Sheet
from caselink.synthetic.keying.told import ADDRESS_COLUMNS, MAILING_COLUMNS, Told

PLACE_COLUMNS = ADDRESS_COLUMNS[:-1]


def address_fields(told: Told) -> dict[str, Texts]:
    """The address that is true, and the one where mail goes, if it goes elsewhere."""
    texts, mail = told.addresses, told.mailing_address
    fields = {column: _at(texts[column], told.address) for column in ADDRESS_COLUMNS}
    mailing = {column: _at(texts[column.removeprefix("mailing_")], mail) for column in MAILING_COLUMNS}
    return fields | mailing


def _at(texts: Texts, rows: Ints) -> Texts:
    found: Texts = np.append(texts, np.array([None], dtype=object))[rows]
    return found


def key_addresses(sheet: Sheet, told: Told) -> None:
    """Key residential addresses and telephone numbers."""
    column = "street"
    rows = sheet.hit("address_missing", column, uniform=_by_home(sheet, told, "address missing"))
    for name in PLACE_COLUMNS:
        sheet.put("address_missing", name, rows, None)
        sheet.close(name, rows)
    rows = sheet.hit("mailing_address", column, told.mailing_address >= 0, uniform=_by_home(sheet, told, "mailing"))
    _move(sheet, told, "mailing_address", rows, told.mailing_address[rows], PLACE_COLUMNS)
    moved = told.old_address != told.address
    rows = sheet.hit("address_old", column, moved, uniform=_by_home(sheet, told, "old address"))
    _move(sheet, told, "address_old", rows, told.old_address[rows], ADDRESS_COLUMNS)
    for kind, name in (("unit_missing", "unit"), ("phone_missing", "phone")):
        rows = sheet.hit(kind, name, sheet.present(name))
        sheet.put(kind, name, rows, None)
    slip(sheet, column)


def _by_home(sheet: Sheet, told: Told, step: str) -> Floats:
    """One number in [0, 1) for each address that people tell of together."""
    uniform: Floats = sheet.rng(f"{step}: which homes").random(len(told.addresses["street"]))[told.address]
    return uniform


def _move(sheet: Sheet, told: Told, kind: str, rows: Ints, address: Ints, columns: tuple[str, ...]) -> None:
    for name in columns:
        asked = sheet.open(name)[rows]
        sheet.put(kind, name, rows[asked], told.addresses[name][address[asked]])
