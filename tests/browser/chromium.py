"""Debian's Chromium, where no graphics card is."""

from playwright.sync_api import ConsoleMessage

CHROMIUM = "/usr/bin/chromium"
SOFTWARE = ["--no-sandbox", "--disable-gpu", "--enable-unsafe-swiftshader"]
"""Maps are drawn by SwiftShader, pages without it: drawn by it, pages cost seven times as much."""
_OWN_WORD = "GL Driver Message (OpenGL, Performance"


def complains(said: ConsoleMessage) -> bool:
    """Whether the console told of a fault of a page, and not of how slow such drawing is."""
    return said.type in ("error", "warning") and _OWN_WORD not in said.text
