"""The search over orbits: laws against the oracle and against orbits counted out, and what is not symmetric."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given

from tdispmodel.engines.protocol import Limits
from tests.engines_wide.numbered import Numbered
from tests.engines_wide.symmetric import Drawn, drawn_systems, orbits, symmetric_systems
from tests.laws.oracle import Oracle
from tests.laws.random_systems import law
from tests.laws.test_engines_agree import Asked, complaints_about


@law(100)
@given(symmetric_systems())
def test_it_agrees_with_the_oracle(pair: Asked) -> None:
    """With interchangeable devices answers, counts, vacuity and lengths are the oracle's, and the judge accepts all."""
    assert not complaints_about(Numbered(), pair)
