"""The line of every key of a TOML text.

`tomllib` tells no lines. This scanner runs over text that tomllib has already accepted, so it
only has to know where values end, never whether they are right.
"""

import re
import tomllib

Path = tuple[str | int, ...]

_KEY = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)\s*""")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SCALAR = re.compile(r"[^,\]}#\n\r]+")


def lines_of(text: str) -> dict[Path, int]:
    """Path of each table, key and array element in valid TOML `text` → its line, from 1."""
    scanner = _Scanner(text)
    scanner.run()
    return scanner.lines


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Path, int] = {(): 1}
        self.counts: dict[Path, int] = {}
        self.line = 1
        self.counted_to = 0

    def mark(self, path: Path) -> None:
        """Notes the present line for `path`; the first mention stands."""
        self.line += self.text.count("\n", self.counted_to, self.at)
        self.counted_to = self.at
        self.lines.setdefault(path, self.line)

    def run(self) -> None:
        table: Path = ()
        while self.skip_blank():
            if self.text.startswith("[[", self.at):
                table = self.read_header(2)
            elif self.text[self.at] == "[":
                table = self.read_header(1)
            else:
                self.read_pair(table)

    def skip_blank(self) -> bool:
        """Moves to the next thing that is no space or comment; False at the end."""
        blank = _BLANK.match(self.text, self.at)
        self.at = blank.end() if blank else self.at
        return self.at < len(self.text)

    def read_header(self, brackets: int) -> Path:
        start = self.at
        self.at += brackets
        names = self.read_names()
        self.at += brackets
        end, self.at = self.at, start
        path = self.resolve(names, is_array=brackets == 2)
        self.mark(path)
        self.at = end
        return path

    def resolve(self, names: list[str], *, is_array: bool) -> Path:
        """The path of a header; a name of an array of tables means its newest element."""
        path: Path = ()
        for index, name in enumerate(names):
            path = (*path, name)
            if is_array and index == len(names) - 1:
                self.mark(path)
                self.counts[path] = self.counts.get(path, 0) + 1
            if path in self.counts:
                path = (*path, self.counts[path] - 1)
            self.mark(path)
        return path

    def read_names(self) -> list[str]:
        names: list[str] = []
        while True:
            match = _KEY.match(self.text, self.at)
            if match is None:  # pragma: no cover - tomllib has accepted the text
                raise AssertionError(f"no key at {self.at}")
            names.append(_bare(match[1]))
            self.at = match.end()
            if self.text[self.at : self.at + 1] != ".":
                return names
            self.at += 1

    def read_pair(self, table: Path) -> None:
        start = self.at
        names = self.read_names()
        end, self.at = self.at, start
        path = table
        for name in names:
            path = (*path, name)
            self.mark(path)
        self.at = end + 1  # past the equals sign
        self.read_value(path)

    def read_value(self, path: Path) -> None:
        self.skip_blank()
        opening = self.text[self.at]
        if opening == "[":
            self.read_array(path)
        elif opening == "{":
            self.read_inline(path)
        elif opening in "\"'":
            self.skip_string(opening)
        else:
            scalar = _SCALAR.match(self.text, self.at)
            self.at = scalar.end() if scalar else self.at + 1

    def read_array(self, path: Path) -> None:
        self.at += 1
        index = 0
        while self.skip_blank() and self.text[self.at] != "]":
            if self.text[self.at] == ",":
                self.at += 1
                continue
            self.mark((*path, index))
            self.read_value((*path, index))
            index += 1
        self.at += 1

    def read_inline(self, path: Path) -> None:
        self.at += 1
        while self.skip_blank() and self.text[self.at] != "}":
            if self.text[self.at] == ",":
                self.at += 1
                continue
            self.read_pair(path)
        self.at += 1

    def skip_string(self, quote: str) -> None:
        triple = quote * 3
        if self.text.startswith(triple, self.at):
            self.at = self.closing(triple, self.at + 3)
            while self.text.startswith(quote, self.at):  # a quote may stand before the closing
                self.at += 1
            return
        self.at = self.closing(quote, self.at + 1)

    def closing(self, mark: str, start: int) -> int:
        at = start
        while not self.text.startswith(mark, at):
            at += 2 if self.text[at] == "\\" and mark[0] == '"' else 1
        return at + len(mark)


def _bare(key: str) -> str:
    """A key without its quotes; escapes of basic strings are read by Python's own rules."""
    if key.startswith("'"):
        return key[1:-1]
    if key.startswith('"'):
        return str(tomllib.loads(f"k = {key}")["k"])
    return key
