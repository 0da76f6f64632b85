"""Who is one person: links become clusters under constraints, and clusters become person ids."""

from caselink.identity.clusters import cluster_links, missing_pairs
from caselink.identity.constraints import refused_must_links, source_groups
from caselink.identity.person_ids import assign_person_ids, number_persons, spell_person_numbers

__all__ = [
    "assign_person_ids",
    "cluster_links",
    "missing_pairs",
    "number_persons",
    "refused_must_links",
    "source_groups",
    "spell_person_numbers",
]
