"""SIP (RFC 3261) over UDP, as far as one who calls needs it.

Own code, since what is there does not fit: the libraries that are alive and typed bring FFmpeg
with them, are under GPL or AGPL, or only read messages and stumble over a list in a challenge, a
folded line or a parameter of an unlucky name, as anybody on the network may send them.
"""
