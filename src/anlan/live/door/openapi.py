"""The door described: OpenAPI for programs, one static page for people."""

import html
from typing import Any

from anlan import __version__
from anlan.live.decode.body import FORMATS

_READING: dict[str, Any] = {
    "type": "object",
    "required": ["sensor", "time", "value"],
    "properties": {
        "sensor": {"type": "string", "description": "key of a registered sensor"},
        "time": {
            "oneOf": [{"type": "integer"}, {"type": "string", "format": "date-time"}],
            "description": "ms UTC, or ISO 8601 with a zone",
        },
        "value": {"type": ["number", "null"], "description": "null: missing"},
        "quality": {"enum": ["good", "uncertain", "bad"], "default": "good"},
        "received": {
            "oneOf": [{"type": "integer"}, {"type": "string", "format": "date-time"}],
            "description": "when it was first received; the service's own time where absent",
        },
    },
}
_ANSWER = {
    "type": "object",
    "properties": {
        "accepted": {"type": "integer", "description": "stored now, durably"},
        "duplicates": {"type": "integer", "description": "stored before, with the same value"},
        "refused": {
            "type": "array",
            "description": "the first refused rows, at most 100",
            "items": {
                "type": "object",
                "properties": {
                    "index": {"type": "integer", "description": "row of the body, from 0"},
                    "status": {"type": "integer"},
                    "code": {"type": "string"},
                    "reason": {"type": "string"},
                },
            },
        },
        "refused_counts": {"type": "object", "description": "all refused rows by code"},
        "seq": {"type": "integer", "description": "the last record of the log"},
    },
}
_ERRORS = {
    "400": "the body as a whole cannot be read",
    "401": "no valid key",
    "408": "the body came too slowly",
    "411": "no Content-Length",
    "413": "the body is too large, folded or unfolded",
    "415": "a content type or encoding that is not read",
    "429": "more than the key's rate; see Retry-After",
    "503": "nothing can be stored now; see Retry-After",
}


def _told(text: str, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": text}
    if schema is not None:
        answer["content"] = {"application/json": {"schema": schema}}
    return answer


def _parameter(name: str, text: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": text, "schema": {"type": "string"}}


def _get(summary: str, *parameters: dict[str, Any]) -> dict[str, Any]:
    answers = {
        "200": _told("as asked"),
        "400": _told("a value that is none, named"),
        "401": _told("no key, or one that does not hold"),
    }
    return {"get": {"summary": summary, "parameters": list(parameters), "responses": answers}}


_AFTER = _parameter("after", "go on after this: `next` of the page before")
_LIMIT = _parameter("limit", "at most so many")
_CURSOR = _parameter("after", "a cursor, or start; one of another epoch gives 410")

SPEC: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "安澜 Anlan: intake and changes", "version": __version__},
    "security": [{"key": []}],
    "paths": {
        "/api/v1/readings": {
            "post": {
                "summary": "Store readings; answered row by row when they are durable",
                "requestBody": {
                    "required": True,
                    "content": {
                        kind: {"schema": {"type": "array", "items": _READING}} for kind in FORMATS
                    },
                },
                "responses": {
                    "200": _told("stored; some rows may be refused", _ANSWER),
                    **{status: _told(text) for status, text in _ERRORS.items()},
                },
            }
        },
        "/api/v1/changes": _get("Changes after a cursor, in order of the log", _CURSOR, _LIMIT),
        "/api/v1/stream": _get("Changes as server-sent events", _CURSOR),
        "/api/v1/sensors": _get("Registered sensors", _AFTER, _LIMIT),
        "/api/v1/latest": _get(
            "The newest reading of each sensor",
            _parameter("sensor", "only this one"),
            _AFTER,
            _LIMIT,
        ),
        "/api/v1/status": _get("How the service is doing"),
        "/healthz": _get("Whether readings can be stored, and how many were"),
    },
    "components": {
        "schemas": {"reading": _READING, "answer": _ANSWER},
        "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
    },
}

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}"
    "code,pre{background:#f2f4f7;padding:.1em .3em;border-radius:4px}pre{padding:1rem;"
    "overflow:auto}dt{font-weight:600;margin-top:.5rem}h2{margin-top:2.5rem}"
)
_EXAMPLE = """curl http://127.0.0.1:8321/api/v1/readings \\
  -H "Authorization: Bearer $KEY" -H "Content-Type: application/x-ndjson" \\
  --data-binary '{"sensor":"gauge-1","time":"2026-07-01T08:00:00+08:00","value":5.31}'"""


def _page() -> bytes:
    parts = [
        f"<!doctype html><html lang=en><meta charset=utf-8><title>Anlan API</title>"
        f"<style>{_STYLE}</style><h1>安澜 Anlan API {__version__}</h1>",
        "<p>Readings need the key of a source: <code>anlan keys add NAME --sensors '*'</code>."
        " The same as <a href=openapi.json>OpenAPI</a>.</p>",
        f"<pre>{html.escape(_EXAMPLE)}</pre>",
    ]
    for path, verbs in SPEC["paths"].items():
        for verb, one in verbs.items():
            parts.append(_operation(f"{verb.upper()} {path}", one))
    return "".join(parts).encode()


def _operation(name: str, one: dict[str, Any]) -> str:
    rows = [(p["name"], p["description"]) for p in one.get("parameters", [])]
    rows += [(kind, "accepted") for kind in one.get("requestBody", {}).get("content", {})]
    if "requestBody" in one:
        rows += [(n, _plain(field)) for n, field in _READING["properties"].items()]
        rows += [(status, answer["description"]) for status, answer in one["responses"].items()]
    told = "".join(f"<dt><code>{html.escape(n)}</code><dd>{html.escape(t)}" for n, t in rows)
    return f"<h2><code>{name}</code></h2><p>{html.escape(one['summary'])}</p><dl>{told}</dl>"


def _plain(field: dict[str, Any]) -> str:
    return str(field.get("description") or ", ".join(field.get("enum", [])))


DOCS = _page()
