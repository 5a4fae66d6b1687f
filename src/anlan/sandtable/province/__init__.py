"""The fictional province's weather office: what it warns of in a storm, and the feed that says so.

It speaks CAP and Atom over a real socket, as a real office does; who listens needs no branch for
it. Nothing in it is real: codes begin with 99, addresses end with .example, every text says so.
"""

from anlan.sandtable.province.notices import SENDER, Notice, notices
from anlan.sandtable.province.office import Office

__all__ = ["SENDER", "Notice", "Office", "notices"]
