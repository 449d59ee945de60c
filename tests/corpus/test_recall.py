"""The table of what redaction finds says what it finds today."""

from tests import redaction


def test_the_table_of_what_is_found_is_counted_and_not_claimed() -> None:
    text = redaction.PAGE.read_text("utf-8")

    assert redaction.page(text) == text, "python -m tests.redaction writes it"


def test_every_known_shape_is_found_and_no_look_alike() -> None:
    counts = redaction.counts()
    shapes = {*redaction.SHAPES.values(), "values of secret fields"}

    assert all(counts[kind][0] == counts[kind][1] for kind in shapes)
    assert redaction.table().rstrip().endswith("| 0 |")
