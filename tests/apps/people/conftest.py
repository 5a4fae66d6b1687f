"""Many at once."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection


@pytest.fixture
def in_threads() -> Callable[..., None]:
    """Runs something in so many threads at once, each with a connection of its own."""

    def run(do: Callable[[], None], count: int) -> None:
        wrong: list[BaseException] = []
        ready = threading.Barrier(count)

        def one() -> None:
            try:
                ready.wait(20)
                do()
            except BaseException as error:  # noqa: BLE001 - told by the test's own thread
                wrong.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=one) for _number in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert not wrong, wrong[0]

    return run
