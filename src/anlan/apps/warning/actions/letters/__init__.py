"""What leaves of a message: letters, short texts and documents, all from the frozen bytes."""

from anlan.apps.warning.actions.letters.letter import Letters

__all__ = ["Letters"]
