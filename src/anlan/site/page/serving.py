"""The page's process: it only reads, the store's files and the health of the live process."""

from pathlib import Path

import uvicorn

import anlan.sandtable
from anlan.packs import load_packs
from anlan.site.page.app import Page
from anlan.site.page.follow import StoreDoor
from anlan.site.page.meaning import Meaning

OVERLAY = Path(anlan.sandtable.__file__).parent / "overlay"
_GRACE_S = 1


class Server(uvicorn.Server):
    """Ends the streams first, so that it need not wait for them."""

    def __init__(self, page: Page, address: tuple[str, int]) -> None:
        self.page = page
        config = uvicorn.Config(
            page.app,
            host=address[0],
            port=address[1],
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_S,
        )
        super().__init__(config)

    def handle_exit(self, sig: int, frame: object) -> None:
        self.page.end()
        super().handle_exit(sig, None)


def run(address: tuple[str, int], *, live_url: str, data: Path) -> None:
    """Serves the page of the fictional basin on (host, port)."""
    meaning = Meaning(load_packs(OVERLAY), anlan.sandtable.basin())
    Server(Page(live_url, StoreDoor(data), meaning), address).run()
