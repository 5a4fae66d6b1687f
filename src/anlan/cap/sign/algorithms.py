"""The algorithms that are accepted, by their addresses; what is not here is not computed.

No address for SM2 and SM3 is registered for XML signatures. Two pairs are seen at work in China
(customs' single window); both are read, the first is written.
"""

from typing import NamedTuple

from cryptography.hazmat.primitives import hashes

XMLDSIG = "http://www.w3.org/2000/09/xmldsig#"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
ENCRYPT = "http://www.w3.org/2001/04/xmlenc#"
CUSTOMS = "http://www.chinaport.gov.cn/2022/04/xmldsig#"
ENVELOPED = XMLDSIG + "enveloped-signature"

EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
INCLUSIVE_11 = "http://www.w3.org/2006/12/xml-c14n11"
WITH_COMMENTS = {
    INCLUSIVE: INCLUSIVE + "#WithComments",
    INCLUSIVE_11: INCLUSIVE_11 + "#WithComments",
    EXCLUSIVE: EXCLUSIVE + "WithComments",
}

RSA_SHA256 = MORE + "rsa-sha256"
SHA256 = ENCRYPT + "sha256"
SM2_SM3 = XMLDSIG + "sm2-sm3"
SM3 = XMLDSIG + "sm3"


class Method(NamedTuple):
    """How a signature is made: with which kind of key (rsa, ec, sm2) and over which digest."""

    key: str
    digest: hashes.HashAlgorithm


DIGESTS: dict[str, hashes.HashAlgorithm] = {
    XMLDSIG + "sha1": hashes.SHA1(),  # noqa: S303 - still met in real alerts; always warned of
    SHA256: hashes.SHA256(),
    MORE + "sha384": hashes.SHA384(),
    ENCRYPT + "sha512": hashes.SHA512(),
    SM3: hashes.SM3(),
    CUSTOMS + "sm3": hashes.SM3(),
}

METHODS = {
    XMLDSIG + "rsa-sha1": Method("rsa", hashes.SHA1()),  # noqa: S303 - as above
    RSA_SHA256: Method("rsa", hashes.SHA256()),
    MORE + "rsa-sha384": Method("rsa", hashes.SHA384()),
    MORE + "rsa-sha512": Method("rsa", hashes.SHA512()),
    MORE + "ecdsa-sha256": Method("ec", hashes.SHA256()),
    MORE + "ecdsa-sha384": Method("ec", hashes.SHA384()),
    MORE + "ecdsa-sha512": Method("ec", hashes.SHA512()),
    SM2_SM3: Method("sm2", hashes.SM3()),
    CUSTOMS + "sm2-sm3": Method("sm2", hashes.SM3()),
}


def digest_of(algorithm: hashes.HashAlgorithm, content: bytes) -> bytes:
    """The digest of some bytes."""
    digest = hashes.Hash(algorithm)
    digest.update(content)
    return digest.finalize()
