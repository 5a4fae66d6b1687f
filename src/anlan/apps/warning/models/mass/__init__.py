"""The mass of the public that a message goes to, and what became of each of them."""

from anlan.apps.warning.models.mass.outcome import Outcome, code_of, is_waiting, name_of, tally
from anlan.apps.warning.models.mass.parcel import Mass, Parcel
from anlan.apps.warning.models.mass.slip import Slip

__all__ = ["Mass", "Outcome", "Parcel", "Slip", "code_of", "is_waiting", "name_of", "tally"]
