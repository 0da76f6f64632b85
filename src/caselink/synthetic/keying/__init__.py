"""How what was told becomes what stands in the file: slips of hand, eye and ear, by program, worker and family."""
