"""`anlan cap verify`: whether the signatures of files hold, and who vouches for the signers."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from anlan.cap.message import moment_of
from anlan.cap.sign.certificate import Certificate, certificates_in, doubts
from anlan.cap.sign.verify import VALID, Judgement, state_of, verify
from anlan.cap.xml.document import MOST_BYTES
from anlan.terms.errors import Malformed

_HELP = """Verify the signatures of FILES, CAP or national messages.

Two answers: whether each signature holds (the document is what the holder of the key signed), and,
with --trust, whether one of these certificates vouches for the holder at the time. A key in a
message proves nothing about whose it is. Revocation is not looked up.

\b
With --json one object a line, in the order given:
  file, signature (absent, valid, invalid, unchecked, or malformed for no XML),
  signers: state, reason, subject, valid_from, valid_to, trusted (true, false;
           null without --trust), doubts, warnings

\b
Examples:
  anlan cap verify alert.xml
  anlan cap verify --trust anchors.pem --json inbox/*.xml

\b
Exit status: 0 all hold, and with --trust all are trusted · 1 some do not · 2 wrong usage.
"""
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("verify", help=_HELP, short_help="Verify signatures, and who vouches for them.")
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option("--trust", multiple=True, type=_FILE, help="Certificates trusted by decision, PEM.")
@click.option("--cert", multiple=True, type=_FILE, help="Of signers whose message brings no key.")
@click.option("--at", metavar="TIME", help="Judge certificates at this time, not now.")
@click.option("--json", "is_json", is_flag=True, help="One JSON object a line.")
def verify_files(
    files: Sequence[Path],
    trust: Sequence[Path],
    cert: Sequence[Path],
    at: str | None,
    *,
    is_json: bool,
) -> None:
    now = datetime.now(UTC) if at is None else moment_of(at)
    if now is None:
        raise click.BadParameter("write a time with a zone: 2026-07-01T08:00:00+08:00")
    anchors = _all_in(trust) if trust else None
    told = [_told(file, _all_in(cert), anchors, now) for file in files]
    for one in told:
        for line in [json.dumps(one)] if is_json else _for_people(one):
            # What stands in a certificate cannot steer a terminal.
            click.echo("".join(letter if letter.isprintable() else "?" for letter in line))
    raise SystemExit(0 if all(map(_is_good, told)) else 1)


def _all_in(paths: Sequence[Path]) -> tuple[Certificate, ...]:
    return tuple(one for path in paths for one in certificates_in(path.read_bytes()))


def _told(
    file: Path,
    known: Sequence[Certificate],
    anchors: Sequence[Certificate] | None,
    now: datetime,
) -> dict[str, Any]:
    with file.open("rb") as opened:
        data = opened.read(MOST_BYTES + 1)
    try:
        judgements = verify(data, known)
    except Malformed as error:
        return {"file": str(file), "signature": "malformed", "reason": str(error), "signers": []}
    signers = [_of_signer(one, anchors, now) for one in judgements]
    return {"file": str(file), "signature": state_of(judgements), "signers": signers}


def _of_signer(
    judgement: Judgement, anchors: Sequence[Certificate] | None, now: datetime
) -> dict[str, Any]:
    signer = next(iter(judgement.certificates), None)
    span = signer.span if signer is not None else (None, None)
    why = () if anchors is None else doubts(judgement.certificates, anchors, now)
    return {
        "state": judgement.state,
        "reason": judgement.reason,
        "subject": signer.subject if signer is not None else None,
        "valid_from": span[0].isoformat() if span[0] else None,
        "valid_to": span[1].isoformat() if span[1] else None,
        "trusted": None if anchors is None else judgement.state == VALID and not why,
        "doubts": list(why),
        "warnings": list(judgement.warnings),
    }


def _for_people(told: dict[str, Any]) -> Iterator[str]:
    yield f"{told['signature']:<10}{told['file']}"
    if "reason" in told:
        yield f"  {told['reason']}"
    for signer in told["signers"]:
        who = signer["subject"] or "a key without a certificate"
        trust = {None: "", True: ", trusted", False: ", not trusted"}[signer["trusted"]]
        yield f"  {signer['state']}: {who}{trust}"
        until = [f"certificate until {signer['valid_to']}"] if signer["valid_to"] else []
        for line in (signer["reason"], *until, *signer["doubts"], *signer["warnings"]):
            if line:
                yield f"    {line}"


def _is_good(told: dict[str, Any]) -> bool:
    return told["signature"] == VALID and all(
        one["trusted"] is not False for one in told["signers"]
    )
