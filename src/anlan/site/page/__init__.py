"""A plain, read-only page of a site: what is wrong, where, how bad, since when; no login."""

from pathlib import Path


def serve(*, bind: str, port: int, live_url: str, data: Path) -> None:
    """Serves the page until SIGINT or SIGTERM.

    live_url: of the live process, asked for its health · data: the folder whose store is shown.
    """
    # A web server and a query engine are loaded only where a page is served.
    from anlan.site.page.serving import run

    run((bind, port), live_url=live_url, data=data)
