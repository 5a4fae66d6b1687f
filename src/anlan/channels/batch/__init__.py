"""SMS to very many: numbers in batches, handed to a gateway over HTTP."""

from anlan.channels.batch.gateway import Gateway
from anlan.channels.batch.settings import Settings

__all__ = ["Gateway", "Settings"]
