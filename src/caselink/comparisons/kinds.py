"""The numbers by which the compiled kernel knows its kinds of comparison."""

EXACT = 0
JARO_WINKLER = 1
LEVENSHTEIN = 2
DAMERAU_LEVENSHTEIN = 3
NAME = 4
DATE = 5
DIGITS = 6
STREET = 7
UNLESS_SAME = 8
SHARED = 9
NUMERIC = 10
SOURCE = 11
