"""What an HTTP answer means for a message."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse

from anlan.channels import LONGEST_WAIT_S, Fault, Receipt, one_line

_LATER = {408, 425, 429}
_REFERENCES = ("X-Request-Id", "Request-Id", "X-Correlation-Id")
_SHOWN_BYTES = 1_000


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, what the other end calls the request, when to come again, and its first words."""

    status: int
    reference: str = ""
    retry_after: str = ""
    location: str = ""
    words: str = ""


def read_answer(response: HTTPResponse) -> Answer:
    """The answer of a begun response; its body only where it may say what is wrong."""
    words = b""
    if not 200 <= response.status < 300:
        with suppress(OSError, HTTPException, ValueError):  # the status is enough
            words = response.read(_SHOWN_BYTES)
    named = (response.getheader(name) for name in _REFERENCES)
    return Answer(
        response.status,
        reference=next((value for value in named if value), ""),
        retry_after=response.getheader("Retry-After") or "",
        location=response.getheader("Location") or "",
        words=words.decode("utf-8", "replace"),
    )


def receipt_of(answer: Answer, *, now_ms: int) -> Receipt:
    """2xx accepted; 408, 425, 429 and 5xx failed for now; the rest refused, redirects too."""
    status = answer.status
    if 200 <= status < 300:
        return Receipt.accepted(now_ms, answer.reference)
    if status in _LATER or status >= 500:
        wait_s = wait_of(answer.retry_after, now_ms=now_ms)
        return Receipt.failed(now_ms, Fault.BUSY, _said(answer), wait_s=wait_s)
    if status < 200:
        return Receipt.failed(now_ms, Fault.ANSWER, _said(answer))
    if status < 400:
        to = one_line(answer.location, 300)
        return Receipt.refused(now_ms, Fault.ADDRESS, f"{status}: a redirect to {to}, not followed")
    fault = Fault.RECIPIENT if status in (401, 403, 404, 410) else Fault.CONTENT
    return Receipt.refused(now_ms, fault, _said(answer))


def wait_of(retry_after: str, *, now_ms: int) -> int:
    """Seconds that a Retry-After asks for, 0 to an hour; 0 for what cannot be read."""
    asked = retry_after.strip()
    if re.fullmatch(r"[0-9]{1,9}", asked):
        return min(int(asked), LONGEST_WAIT_S)
    try:
        moment = parsedate_to_datetime(asked)
        seconds = moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() - now_ms / 1000
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0
    return min(max(round(seconds), 0), LONGEST_WAIT_S)


def _said(answer: Answer) -> str:
    return f"the other end answers {answer.status} {one_line(answer.words, 300)}"
