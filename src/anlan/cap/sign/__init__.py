"""XML signatures of messages: made, verified, and whether we trust the signer."""

from anlan.cap.sign.verify import judge, signers_of, verify

__all__ = ["judge", "signers_of", "verify"]
