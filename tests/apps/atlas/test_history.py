"""The readings as pages ask for them."""

from pathlib import Path
from typing import Any

import pytest

from anlan.apps.atlas.history import Store
from anlan.history.log import Log, store_in
from anlan.history.seal import seal
from anlan.site.options import Place
from anlan.terms.errors import AnlanError
from tests.pure.history.streams import DAY0, batch_of, readings


def test_a_store_that_is_away_for_a_moment_is_read_again(tmp_path: Path, settings: Any) -> None:
    """As while a copy is put back: it may be the same store that comes back."""
    settings.PLACE = Place(tmp_path)
    folder = store_in(tmp_path)
    with Log.open(folder, write=True) as log:
        log.append([readings(batch_of([(0, DAY0, 1.5), (0, DAY0 + 1000, 2.5)]))])
        log.roll()
    seal(folder)
    store, identity, aside = Store(), folder / "store.json", tmp_path / "aside"

    def newest() -> float | None:
        found = store.value_at(0, DAY0 + 5000)
        return found.value if found else None

    assert newest() == 2.5
    identity.rename(aside)
    for _ in range(2):
        with pytest.raises(AnlanError):
            newest()
    aside.rename(identity)
    assert newest() == 2.5
