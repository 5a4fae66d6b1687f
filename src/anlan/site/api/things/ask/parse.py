"""From the text of an expression to its tree."""

from typing import Final, NoReturn

from anlan.site.api.things.ask.functions import ARITY
from anlan.site.api.things.ask.moments import Interval
from anlan.site.api.things.ask.tokens import Token, tokens
from anlan.site.api.things.ask.tree import Call, Literal, Node, Path
from anlan.terms.errors import Malformed

DEEPEST: Final = 40
"""Levels of an expression."""
_COMPARISONS = frozenset({"eq", "ne", "gt", "ge", "lt", "le"})
_WORDS = {"true": True, "false": False, "null": None}
_CHAINS = (frozenset({"add", "sub"}), frozenset({"mul", "div", "mod"}))


def expression(text: str) -> Node:
    """The tree of an expression. Raises Malformed, naming the sign where it goes wrong."""
    reader = _Reader(text)
    found = reader.any_of()
    reader.expect_end()
    return found


def ordering(text: str) -> tuple[tuple[Node, bool], ...]:
    """Expressions of `$orderby` and whether each is descending."""
    reader = _Reader(text)
    found = [reader.term()]
    while reader.take(","):
        found.append(reader.term())
    reader.expect_end()
    return tuple(found)


class _Reader:
    """One way along the words; each method reads one level of precedence."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        self._at = self._depth = 0

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def take(self, *texts: str) -> str:
        """Goes past the next word where it is one of these; else empty."""
        token = self._next
        if token.kind not in ("name", "sign") or token.text not in texts:
            return ""
        self._at += 1
        return token.text

    def expect_end(self) -> None:
        """Nothing comes any more."""
        if self._next.kind != "end":
            self._fail("an operator or the end")

    def term(self) -> tuple[Node, bool]:
        """An expression with its direction."""
        node = self._sum(0)
        # FROST's clients say it in capitals.
        return node, self.take("asc", "desc", "ASC", "DESC").lower() == "desc"

    def any_of(self) -> Node:
        """Parts joined by `or`."""
        parts = [self._all_of()]
        while self.take("or"):
            parts.append(self._all_of())
        return parts[0] if len(parts) == 1 else Call("or", tuple(parts))

    def _all_of(self) -> Node:
        parts = [self._denied()]
        while self.take("and"):
            parts.append(self._denied())
        return parts[0] if len(parts) == 1 else Call("and", tuple(parts))

    def _denied(self) -> Node:
        if self.take("not"):
            return Call("not", (self._deeper("not"),))
        left = self._sum(0)
        operator = self.take(*_COMPARISONS)
        return Call(operator, (left, self._sum(0))) if operator else left

    def _sum(self, level: int) -> Node:
        if level == len(_CHAINS):
            return self._one()
        node = self._sum(level + 1)
        for _ in range(DEEPEST):
            operator = self.take(*_CHAINS[level])
            if not operator:
                return node
            node = Call(operator, (node, self._sum(level + 1)))
        raise Malformed(f"At most {DEEPEST} numbers are joined at once.")

    def _one(self) -> Node:
        if self.take("-"):
            return Call("sub", (Literal(0), self._deeper("value")))
        if self.take("("):
            found = self._deeper("any")
            self._expect(")")
            return found
        token = self._next
        if token.kind == "value":
            return self._literal()
        if token.kind != "name":
            self._fail("a value, a property or a function")
        self._at += 1
        return self._named(token)

    def _deeper(self, what: str) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Malformed(f"An expression is at most {DEEPEST} levels deep.")
        read = {"not": self._denied, "value": self._one, "any": self.any_of}[what]
        found = read()
        self._depth -= 1
        return found

    def _literal(self) -> Node:
        first = self._tokens[self._at]
        self._at += 1
        if self._next.text == "/" and self._tokens[self._at + 1].kind == "value":
            last = self._tokens[self._at + 1]
            self._at += 2
            return Literal(Interval.of(first.value, last.value))
        return Literal(first.value)

    def _named(self, token: Token) -> Node:
        if token.text in _WORDS:
            return Literal(_WORDS[token.text])
        if self.take("("):
            return self._call(token)
        names = [token.text]
        while self.take("/"):
            if self._next.kind != "name":
                self._fail("the name of a property")
            names.append(self._next.text)
            self._at += 1
        return Path(tuple(names))

    def _call(self, token: Token) -> Node:
        args: list[Node] = []
        if not self.take(")"):
            args.append(self._deeper("any"))
            while self.take(","):
                args.append(self._deeper("any"))
            self._expect(")")
        counts = ARITY.get(token.text)
        if counts is None:
            raise Malformed(f"Sign {token.at}: there is no function {token.text}.")
        if len(args) not in counts:
            told = " or ".join(map(str, counts))
            raise Malformed(f"Sign {token.at}: {token.text} takes {told} arguments.")
        return Call(token.text, tuple(args))

    def _expect(self, sign: str) -> None:
        if not self.take(sign):
            self._fail(sign)

    def _fail(self, wanted: str) -> NoReturn:
        found = self._next.text[:40] or "the end"
        raise Malformed(f"Sign {self._next.at}: {wanted} is missing before {found}.")
