"""Ways in and out for those who already use another package; each module is imported by its own name.

``caselink.interop.recordlinkage``: its names on caselink's engine. ``caselink.interop.splink``: its model files.
``caselink.interop.candidate_pairs``: pairs of records as the two-level index that both pandas and recordlinkage use.
"""
