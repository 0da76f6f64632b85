"""Engines drive the stages over all pairs: in chunks and threads on one machine."""
