"""SIP (RFC 3261) as far as GB/T 28181 speaks it: pieces of a stream, messages, digests."""
