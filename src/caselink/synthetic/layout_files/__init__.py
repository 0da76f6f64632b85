"""A county as the files that agencies exchange: for each layout its tables, and who stands in every row."""
