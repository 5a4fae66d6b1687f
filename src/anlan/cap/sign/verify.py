"""Whether the signatures of a document hold.

Written over lxml's canonical form and `cryptography` instead of SignXML, for three reasons. An
alert is signed by several (its office, then the feed that passes it on), each having signed the
document without any signature, as NAADS does; strict removal of the one signature in question
fails there. Arithmetic and trust are two answers, so that a message of 2013 can be judged today.
And SM2 with SM3 must be among the methods. What is left is small, because everything is refused
but one reference to the whole document.

`valid` says that the arithmetic of every signature holds: the document is what the holders of
those keys signed. It does not say who they are: `certificate.doubts` does.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives import hashes
from lxml import etree

from anlan.cap.sign.algorithms import digest_of
from anlan.cap.sign.canon import canonical, is_heavy, signatures_of, without
from anlan.cap.sign.certificate import Certificate
from anlan.cap.sign.form import Form, form_of
from anlan.cap.sign.keyinfo import Keys, keys_of
from anlan.cap.sign.keys import PublicKey, holds, is_short, print_of
from anlan.cap.xml.document import parse
from anlan.terms.errors import Malformed, OutOfRange

ABSENT, VALID, INVALID, UNCHECKED = "absent", "valid", "invalid", "unchecked"


@dataclass(frozen=True, slots=True)
class Judgement:
    """One signature: valid, invalid or unchecked, and why not valid.

    warnings: what is weak in it · certificates: the signer's first, where it names one · signer:
    the fingerprint of the key that made it, empty where it is not valid.
    """

    state: str
    reason: str = ""
    warnings: tuple[str, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    signer: str = ""


def signers_of(data: bytes) -> frozenset[str]:
    """The fingerprints of the keys that signed a document, where every signature of it holds."""
    judgements = verify(data)
    if state_of(judgements) != VALID:
        return frozenset()
    return frozenset(judgement.signer for judgement in judgements)


def judge(data: bytes, now: datetime | None = None) -> tuple[str, tuple[str, ...]]:
    """absent, valid, invalid or unchecked for a whole document, and the warnings.

    now: where given, certificates that do not hold then are warned of. Raises Malformed where
    `data` is no XML.
    """
    judgements = verify(data)
    told = [warning for judgement in judgements for warning in _told(judgement, now)]
    return state_of(judgements), tuple(dict.fromkeys(told))


def state_of(judgements: Sequence[Judgement]) -> str:
    """The state of a whole document: one that does not hold decides for all."""
    states = [judgement.state for judgement in judgements]
    return next((one for one in (INVALID, UNCHECKED, VALID) if one in states), ABSENT)


def verify(data: bytes, known: Sequence[Certificate] = ()) -> tuple[Judgement, ...]:
    """What is found of each signature, in their order; none for a document without.

    known: certificates to try for a signature that brings no key. Raises Malformed where `data`
    is no XML.
    """
    document = parse(data)
    tree = document.root.getroottree()
    try:
        count = len(signatures_of(tree))
    except Malformed as error:
        return (Judgement(INVALID, error.message),)
    if count and is_heavy(document, count):
        return (Judgement(UNCHECKED, "it would take too long"),)
    return tuple(_judge(tree, number, known) for number in range(count))


def _told(judgement: Judgement, now: datetime | None) -> Iterator[str]:
    if judgement.reason:
        yield f"signature: {judgement.reason}"
    yield from judgement.warnings
    for certificate in judgement.certificates[:1] if now is not None else ():
        first, last = certificate.span
        if now is not None and not first <= now <= last:
            yield f"untimely: certificate valid from {first:%Y-%m-%d} to {last:%Y-%m-%d}"


def _judge(tree: etree._ElementTree, number: int, known: Sequence[Certificate]) -> Judgement:
    signature = signatures_of(tree)[number]
    try:
        form = form_of(signature)
        if not _is_of(form, tree, number):
            return Judgement(INVALID, "the document is not the one that was signed")
        return _by_key(form, keys_of(signature), known)
    except Malformed as error:
        return Judgement(INVALID, error.message)
    except OutOfRange as error:
        return Judgement(UNCHECKED, str(error))


def _is_of(form: Form, tree: etree._ElementTree, number: int) -> bool:
    """Whether the digest is of this document.

    The others may have stood there when it was made, come later, or been left out: it is tried
    without this signature, without it and those after it, without any. None of the three leaves
    out anything that is read: signatures hold no part of a message.
    """
    count = len(signatures_of(tree))
    tries = dict.fromkeys([(number,), tuple(range(number, count)), tuple(range(count))])
    documents = (canonical(without(tree, numbers), form.canon) for numbers in tries)
    return any(digest_of(form.digest, document) == form.digest_value for document in documents)


def _by_key(form: Form, keys: Keys, known: Sequence[Certificate]) -> Judgement:
    """What the first key that fits says; OutOfRange where every key is of an unknown kind."""
    named = keys.certificates or (() if keys.alone else known)
    if not named and not keys.alone:
        return Judgement(UNCHECKED, "no key stands in it", _weak(form))
    tried = False
    for key, certificate in _candidates(named, keys.alone):
        tried = True
        if holds(key, form.method, form.value, form.signed):
            others = [c for c in named if c != certificate]
            signer = [] if certificate is None else [certificate, *others]
            return Judgement(VALID, "", _weak(form, key), tuple(signer), print_of(key))
    if not tried:
        raise OutOfRange("the keys in it are of kinds that are not known here")
    return Judgement(INVALID, "it was not made with the key that it names", (), tuple(named))


def _candidates(
    named: Sequence[Certificate], alone: Sequence[PublicKey]
) -> Iterator[tuple[PublicKey, Certificate | None]]:
    """The keys of known kinds, each with the certificate that holds it."""
    for certificate in named:
        with suppress(OutOfRange):
            yield certificate.key, certificate
    yield from ((key, None) for key in alone)


def _weak(form: Form, key: PublicKey | None = None) -> tuple[str, ...]:
    told = []
    if hashes.SHA1 in (type(form.method.digest), type(form.digest)):
        told.append("weak: signature with SHA-1")
    if key is not None and is_short(key):
        told.append("weak: signature with a key shorter than 2048 bits")
    return tuple(told)
