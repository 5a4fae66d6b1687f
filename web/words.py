"""Compiles the pages' translations: every .po below src/anlan into the .mo beside it, if newer."""

from pathlib import Path

SOURCES = Path(__file__).resolve().parents[1] / "src" / "anlan"


def compile_words() -> list[Path]:
    """Writes each .mo that is missing or older than its .po; gives all of them."""
    pages = sorted(SOURCES.rglob("locale/*/LC_MESSAGES/*.po"))
    return [_compiled(page) for page in pages]


def _compiled(page: Path) -> Path:
    made = page.with_suffix(".mo")
    if made.is_file() and made.stat().st_mtime >= page.stat().st_mtime:
        return made
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with page.open("rb") as source:
        catalog = read_po(source, locale=page.parents[1].name, abort_invalid=True)
    # Beside, then moved: a page that is being read never sees half a file.
    half = made.with_suffix(".mo.new")
    with half.open("wb") as target:
        write_mo(target, catalog)
    half.replace(made)
    return made


if __name__ == "__main__":
    compile_words()
