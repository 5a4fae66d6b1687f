"""A feed that is listened to, and the people who read what it brings."""

from typing import Any

import pytest

from tests.apps.warning.incoming.feeding import Ear, Server


@pytest.fixture
def server() -> Any:
    """A feed on a real socket."""
    with Server() as one:
        yield one


@pytest.fixture
def ear(db: None, server: Server) -> Ear:
    """Who listens to it."""
    return Ear(server)
