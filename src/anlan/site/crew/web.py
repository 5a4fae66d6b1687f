"""The web process: Django under ASGI on a socket that the parent holds."""

import socket

import uvicorn

_GRACE_S = 2


def serve(fd: int) -> None:
    """Serves the pages on an inherited socket until told to stop."""
    from anlan.site.asgi import application

    config = uvicorn.Config(
        application,
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=_GRACE_S,
    )
    with socket.socket(fileno=fd) as listening:
        uvicorn.Server(config).run(sockets=[listening])
