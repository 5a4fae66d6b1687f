"""The web process: Django under ASGI on a socket that the parent holds."""

import logging
import socket

import uvicorn

_GRACE_S = 2
_LATER = 503


def serve(fd: int) -> None:
    """Serves the pages on an inherited socket until told to stop."""
    from anlan.site.asgi import application

    logging.getLogger("django.request").addFilter(_is_fault)
    config = uvicorn.Config(
        application,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=_GRACE_S,
    )
    with socket.socket(fileno=fd) as listening:
        uvicorn.Server(config).run(sockets=[listening])


def _is_fault(record: logging.LogRecord) -> bool:
    """Not so for "try again later", which a probe hears every second while the site opens."""
    return getattr(record, "status_code", 0) != _LATER
