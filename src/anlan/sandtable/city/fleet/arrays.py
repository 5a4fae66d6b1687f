"""The sensors as columns: what the signals need of each."""

from typing import Any, NamedTuple

import numpy as np

from anlan.sandtable.city.ground.frame import Floats

Ints = np.ndarray[Any, np.dtype[np.int64]]


class Fleet(NamedTuple):
    """One row a sensor, in the order of the city's sensors.

    recipe: row of fleet.recipes.RECIPES · owner: row of the city's objects · number: which of its
    kind at the object, from 0 · base: resting value · gain: how strongly it answers (1 as the
    recipe says) · x, y: km of the plane · interval_s, phase_s: of its readings · story: whether a
    story plays here, so that it reports faster then.
    """

    recipe: Ints
    owner: Ints
    number: Ints
    base: Floats
    gain: Floats
    x: Floats
    y: Floats
    interval_s: Ints
    phase_s: Ints
    story: Ints
