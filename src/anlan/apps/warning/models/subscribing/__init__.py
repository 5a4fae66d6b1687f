"""Those of the public who asked to be told."""

from anlan.apps.warning.models.subscribing.cells import CELLS_A_ROW, cell_of
from anlan.apps.warning.models.subscribing.knock import Knock
from anlan.apps.warning.models.subscribing.subscription import (
    Subscription,
    digest_of_address,
    masked,
    spot_of,
)

__all__ = [
    "CELLS_A_ROW",
    "Knock",
    "Subscription",
    "cell_of",
    "digest_of_address",
    "masked",
    "spot_of",
]
