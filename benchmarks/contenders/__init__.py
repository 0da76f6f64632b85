"""One module a contender: ``prepare(records)`` is not timed, ``link(prepared)`` gives the persons and is.

A contender's module imports its own package only, so that it runs where caselink is not installed.
"""
