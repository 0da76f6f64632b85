"""What the programs know: who is in which case and role, and what each was told when."""
