"""A list of recipients at web addresses, tried with so many hands as their hosts allow."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from anlan.channels import Fault, Receipt
from anlan.channels.bulk import Tell, To, now_ms
from anlan.channels.web.answer import Answer
from anlan.channels.web.client import Client, failure
from anlan.channels.web.target import Target
from anlan.terms.errors import Refused

Aim = Callable[[To], "Target | Receipt"]
"""Where a recipient is, or why it can never be written to."""
Make = Callable[[To, Target], bytes]
"""The request to a recipient."""
Judge = Callable[[Answer, int], Receipt]
"""What an answer means, at a moment in ms UTC."""


class Crowd:
    """Asks for each recipient once; the hosts that fail go last and delay no other."""

    def __init__(self, client: Client, *, aim: Aim, make: Make, judge: Judge) -> None:
        self._client, self._aim, self._make, self._judge = client, aim, make, judge

    async def send(self, to: Sequence[To], tell: Tell) -> None:
        """Tells of each once."""
        groups: dict[tuple[str, int], list[tuple[To, Target]]] = defaultdict(list)
        for one in to:
            where = self._aim(one)
            if isinstance(where, Receipt):
                tell(one.place, where)
            else:
                groups[where.host, where.port].append((one, where))
        order = sorted(groups.values(), key=lambda group: self._client.is_resting(group[0][1]))
        async with asyncio.TaskGroup() as tasks:
            for group in order:
                left = iter(group)
                for _ in range(min(len(group), self._client.reach.per_host)):
                    tasks.create_task(self._work(left, tell))

    async def _work(self, left: Iterator[tuple[To, Target]], tell: Tell) -> None:
        """One pair of hands: the next of the group, until there is none."""
        ask, make, judge = self._client.ask, self._make, self._judge
        for one, target in left:
            try:
                request = make(one, target)
            except ValueError as error:
                tell(one.place, Receipt.refused(now_ms(), Fault.ADDRESS, str(error)))
                continue
            try:
                receipt = judge(await ask(target, request), now_ms())
            except (OSError, Refused) as error:
                receipt = failure(error, now_ms())
            tell(one.place, receipt)
