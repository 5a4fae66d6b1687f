"""The last step: a person gives the proof, signs, and with the last signature the message is made.

This is the only place that makes a message; it asks the gate within the transaction that holds the
warning, writes the signature and the message together, or neither.
"""

import hashlib
from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from anlan.apps.people.actions.second import check_second, confirm
from anlan.apps.people.asker import Person
from anlan.apps.people.models import Organisation
from anlan.apps.warning.actions.course.acting import Doing, acting, check
from anlan.apps.warning.actions.course.deciding import find_right
from anlan.apps.warning.actions.course.naming import name_of
from anlan.apps.warning.acts import SIGN
from anlan.apps.warning.models import Message, Signature, Warning
from anlan.apps.warning.queries.audience.sounds import sounds_for
from anlan.apps.warning.queries.course.gate import Proof, may_begin_to_sign, may_issue
from anlan.apps.warning.queries.course.stages import may_review
from anlan.apps.warning.queries.reach import warning_for
from anlan.apps.warning.queries.writing.content import content_of, digest_of
from anlan.apps.warning.queries.writing.wording import Envelope, Office, cap_of, sent_text
from anlan.cap.write import write
from anlan.desk.asker import Asker
from anlan.terms.errors import Refused

_STATES, _KINDS = Warning.State, Warning.Kind
_STANDING = {_KINDS.FIRST: _STATES.ISSUED, _KINDS.UPDATE: _STATES.UPDATED,
             _KINDS.CANCEL: _STATES.CANCELLED}  # fmt: skip


def sign(asker: Asker, key: str, *, version: int, password: str = "", code: str = "") -> Warning:
    """The asker's department signs; with the last signature the message leaves.

    password, code: one of them is asked for again; tries are counted as at the door. Raises
    Refused with the condition of the gate that does not hold.
    """
    check(may_begin_to_sign(asker, warning_for(asker, key), asker.now))
    proof = prove(asker, password=password, code=code)
    with acting(asker, SIGN, key, version=version) as doing:
        _sign(doing, proof)
    return doing.warning


def approve(asker: Asker, key: str, *, version: int, password: str = "", code: str = "") -> Warning:
    """Reviews and signs in one act, for whoever may do both: the way of the phone."""
    check(may_review(asker, warning_for(asker, key), asker.now))
    proof = prove(asker, password=password, code=code)
    with acting(asker, SIGN, key, version=version) as doing:
        find_right(doing)
        _sign(doing, proof)
    return doing.warning


def prove(asker: Asker, *, password: str = "", code: str = "") -> Proof:
    """That it is really the asker, by the password or by a code of the second factor.

    Raises Refused where it is neither, and for a program; counted and locked as at the door.
    """
    if not isinstance(asker, Person) or asker.program:
        raise Refused(_("Only a person signs: programs and their keys may draft, no more."))
    if code and asker.user.second:
        if check_second(asker.user, code, asker.now):
            return Proof(asker.key, "code", asker.now)
        raise Refused(_("The code is not right."))
    confirm(asker, password)
    return Proof(asker.key, "password", asker.now)


def _sign(doing: Doing, proof: Proof) -> None:
    asker, warning = doing.asker, doing.warning
    refusal = may_issue(asker, warning, asker.now, proof)
    is_last = refusal is None
    if refusal is not None and refusal.code != "departments":
        raise Refused(refusal.text)
    digest = digest_of(warning, doing.order)
    own = next(s for s in doing.signatures if s.asked == asker.key and s.signed_at is None)
    own.signed_at, own.signed_by, own.signed_name = asker.now, asker.key, asker.name
    own.deputy_of = own.signer if asker.key == own.deputy else ""
    own.proof, own.digest, own.due_at = proof.kind, digest, None
    own.save()
    warning.state = _STATES.SIGNED
    doing.tell("sign", organisation=own.organisation_name, proof=proof.kind, digest=digest,
               deputy_of=own.deputy_of and own.signer_name)  # fmt: skip
    doing.detail |= {"content": digest, "proof": proof.kind}
    if is_last:
        _issue(doing)


def _issue(doing: Doing) -> None:
    """Makes the message, and the warning stands as it says."""
    warning, message = doing.warning, _message(doing)
    message.save()
    standing = _STANDING[_KINDS(warning.kind)]
    warning.state = warning.standing = standing
    warning.due_at = None if standing == _STATES.CANCELLED else warning.expires
    doing.tell("issue", identifier=message.identifier, digest=message.digest)
    doing.detail |= {"message": message.identifier, "digest": message.digest}


def _message(doing: Doing) -> Message:
    warning, earlier = doing.warning, list(doing.warning.messages.order_by("order"))
    sent = doing.asker.now.replace(microsecond=0)
    if earlier:
        # A clock that was set back does not turn the order round.
        sent = max(sent, earlier[-1].issued_at + timedelta(seconds=1))
    identifier, sent = name_of(warning, sent, doing.order)
    envelope = Envelope(
        identifier=identifier,
        sender=_sender(warning.owner),
        sent=sent_text(sent),
        references=" ".join(one.reference for one in earlier),
    )
    body = write(cap_of(warning, envelope, _offices(doing.signatures), sounds_for(warning)))
    return Message(
        warning=warning, order=doing.order, kind=warning.kind, status=warning.status,
        **envelope._asdict(), body=body, digest=hashlib.sha256(body).hexdigest(),
        content=content_of(warning), issued_at=sent,
    )  # fmt: skip


def _sender(owner: str) -> str:
    """The department and the site as one name, without what CAP forbids in it."""
    address = settings.PLACE.options.address.partition("://")[2] or "anlan"
    return f"{owner}@{address.partition(':')[0]}"


def _offices(signatures: list[Signature]) -> list[Office]:
    """The departments that signed, the issuing one first."""
    rows = {o.key: o for o in Organisation.objects.filter(
        key__in=[one.organisation for one in signatures])}  # fmt: skip
    found = [rows[one.organisation] for one in signatures if one.organisation in rows]
    return [Office(one.name, one.name_en or one.name) for one in found]
