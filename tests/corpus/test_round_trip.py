"""Whatever bytes a log has, a mark gives them back."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tailllm.corpus.marks import Marks
from tailllm.records.line import Address, RawLine
from tests.amounts import examples
from tests.corpus.writer import call

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)
ADDRESSES = st.builds(Address, ANY_TEXT, st.integers(0, 2**63), st.integers(0, 2**40))
LINES = st.lists(
    st.builds(
        RawLine,
        ADDRESSES,
        st.binary(max_size=200) | ANY_TEXT.map(lambda text: text.encode("utf-8", "surrogatepass")),
    ),
    max_size=4,
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=10,
)


@settings(max_examples=examples(150))
@given(
    raw=LINES, text=ANY_TEXT, note=ANY_TEXT, metadata=st.dictionaries(ANY_TEXT, JSON, max_size=3)
)
def test_any_bytes_and_any_text_come_back_exactly(
    raw: list[RawLine], text: str, note: str, metadata: dict[str, object]
) -> None:
    marked = call("x").model_copy(update={"output_text": text, "metadata": metadata})
    with tempfile.TemporaryDirectory() as folder:
        marks = Marks(
            Path(folder, "corpus"), fallback=Path(folder, "state"), by="a", host="h", version="0"
        )
        marks.mark(marked, raw, paths={}, note=note)
        found = marks.read()
        (mark,) = found.marks
        whole = marks.whole(mark)

    assert whole.raw == tuple(raw)
    assert whole.call == marked
    assert mark.note == (note or None)
    assert found.damaged == 0
