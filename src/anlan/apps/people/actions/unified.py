"""The unified sign-in 统一身份认证: OpenID Connect, code flow with PKCE, state and nonce.

Source: OpenID Connect Core 1.0, RFC 7636. It says who somebody is; rights come from posts alone.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

import httpx
from django.utils.translation import gettext as _
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from anlan.apps.people.actions.provider import WAIT_S, Provider, about, fetched
from anlan.terms.errors import Refused, Unavailable

_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "ES256", "ES384", "EdDSA"]
_LEEWAY_S = 60


def begin(provider: Provider, *, back: str) -> tuple[str, dict[str, str]]:
    """The address to go to, and what is to be remembered until the answer comes to `back`."""
    kept = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    challenge = hashlib.sha256(kept["verifier"].encode()).digest()
    ask = {
        "response_type": "code", "scope": "openid", "client_id": provider.client,
        "redirect_uri": back, "state": kept["state"], "nonce": kept["nonce"],
        "code_challenge": base64.urlsafe_b64encode(challenge).decode().rstrip("="),
        "code_challenge_method": "S256",
    }  # fmt: skip
    where = about(provider)["authorization_endpoint"]
    return f"{where}{'&' if '?' in where else '?'}{urlencode(ask)}", kept


def finish(
    provider: Provider, kept: Mapping[str, str], *, answer: Mapping[str, str], back: str,
    now: datetime,
) -> str:  # fmt: skip
    """The subject that signed in there; Refused where the answer is not one to our question."""
    state = answer.get("state", "")
    if not kept.get("state") or not secrets.compare_digest(state.encode(), kept["state"].encode()):
        raise Refused(_("This sign-in was not begun here, or too long ago. Try again."))
    if "code" not in answer:
        raise Refused(_("The unified sign-in was refused or broken off."))
    told = about(provider)
    token = _exchange(provider, told, answer["code"], {"back": back, **kept})
    claims = _claims(token, fetched(told["jwks_uri"]))
    _check(claims, provider, nonce=kept["nonce"], now=int(now.timestamp()))
    return str(claims["sub"])


def _exchange(
    provider: Provider, told: Mapping[str, Any], code: str, kept: Mapping[str, str]
) -> str:
    """The identity token for a code."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": kept["back"],
            "code_verifier": kept["verifier"]}  # fmt: skip
    ways = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    auth = None
    if "client_secret_basic" in ways:
        auth = httpx.BasicAuth(quote(provider.client, ""), quote(provider.secret, ""))
    else:
        form |= {"client_id": provider.client, "client_secret": provider.secret}
    try:
        answer = httpx.post(str(told["token_endpoint"]), data=form, auth=auth, timeout=WAIT_S)
        found = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise Unavailable(f"the unified sign-in does not answer ({error})") from error
    token = found.get("id_token") if answer.status_code == 200 else None
    if not isinstance(token, str):
        raise Refused(_("The unified sign-in was refused or broken off."))
    return token


def _claims(token: str, keys: Any) -> dict[str, Any]:
    """What a token says, once its signature is that of the provider."""
    try:
        key_set = KeySet.import_key_set(keys)  # which checks them
        return dict(jwt.decode(token, key_set, algorithms=_ALGORITHMS).claims)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise Refused(_("The unified sign-in could not be verified.")) from error


def _check(claims: Mapping[str, Any], provider: Provider, *, nonce: str, now: int) -> None:
    """Raises Refused unless the token was made for this site, this question and this moment."""
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    until, since = claims.get("exp"), claims.get("iat")
    is_ours = (
        str(claims.get("iss", "")).rstrip("/") == provider.issuer.rstrip("/")
        and provider.client in named
        and claims.get("azp", provider.client) == provider.client
        and (len(named) == 1 or "azp" in claims)
        and claims.get("nonce") == nonce
        and isinstance(until, int | float) and now < until + _LEEWAY_S
        and isinstance(since, int | float) and since < now + _LEEWAY_S
        and isinstance(claims.get("sub"), str) and 0 < len(str(claims.get("sub"))) <= 255
    )  # fmt: skip
    if not is_ours:
        raise Refused(_("The unified sign-in could not be verified."))
