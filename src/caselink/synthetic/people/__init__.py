"""The people of a district: families with names, numbers and homes, and what happens to them month by month."""
