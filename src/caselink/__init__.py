"""caselink."""
