"""Whatever way spans come in, and whatever is done meanwhile, hours add up to the whole."""

from __future__ import annotations

import tempfile

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.engine.local import count_spans
from auditor.index.store import Store
from tests.support.hours import trace
from tests.support.spans import batch

MINUTES = st.one_of(st.integers(0, 110), st.just(59.95))


@settings(max_examples=5, deadline=None)
@given(st.data())
def test_hours_add_up_whatever_comes_when(data: st.DataObject) -> None:
    minutes = data.draw(st.lists(MINUTES, min_size=1, max_size=5))
    spans = [span for number, minute in enumerate(minutes) for span in trace(number, minute)]
    shuffled = data.draw(st.permutations(spans + spans[:3]))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(shuffled)), max_size=2)))
    parts = [shuffled[a:b] for a, b in zip([0, *cuts], [*cuts, len(shuffled)], strict=True)]
    with tempfile.TemporaryDirectory() as folder, Store(f"{folder}/s") as store:
        for number, part in enumerate(parts):
            store.add(str(number), batch(*part) if part else [])
            match data.draw(st.integers(0, 3)):
                case 0:
                    store.refresh()
                case 1:
                    store.compact(most=1)
        assert store.model() == count_spans(batch(*shuffled))
