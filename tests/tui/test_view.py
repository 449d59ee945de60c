"""Looking at a window that grows at both ends and forgets."""

from collections.abc import Callable

from tailllm.records.row import Row
from tailllm.store.window import Window
from tailllm.tui.widgets.gaze import Gaze
from tailllm.tui.widgets.view import View

MakeRow = Callable[..., Row]
HEIGHT = 10


def drawn(view: View, gaze: Gaze) -> list[int | None]:
    return [view.at(gaze.top + line) for line in range(HEIGHT)]


def looking_back(window: Window, rows: int = 3) -> tuple[View, Gaze]:
    view, gaze = View(window), Gaze()
    view.advance()
    gaze.settle(view, HEIGHT)
    gaze.move(view, -rows, HEIGHT)
    return view, gaze


def test_the_row_under_the_cursor_stands_still_while_lines_arrive(make_row: MakeRow) -> None:
    window = Window()
    window.extend([make_row() for _ in range(30)])
    view, gaze = looking_back(window)
    before = drawn(view, gaze)

    window.extend([make_row() for _ in range(500)])
    view.advance()
    gaze.settle(view, HEIGHT)

    assert drawn(view, gaze) == before
    assert gaze.cursor == before[gaze.line] == 26


def test_the_row_under_the_cursor_stands_still_while_the_window_forgets(make_row: MakeRow) -> None:
    window = Window(size=40)
    window.extend([make_row() for _ in range(40)])
    view, gaze = looking_back(window, rows=12)
    before = drawn(view, gaze)

    window.extend([make_row() for _ in range(25)])
    view.advance()
    gaze.settle(view, HEIGHT)

    held = [seq if seq is not None and seq >= window.first else None for seq in before]
    assert drawn(view, gaze) == held
    assert None not in held


def test_rows_below_a_forgotten_cursor_stand_still_too(make_row: MakeRow) -> None:
    window = Window(size=40)
    window.extend([make_row() for _ in range(40)])
    view, gaze = looking_back(window, rows=12)
    before = drawn(view, gaze)

    window.extend([make_row() for _ in range(32)])
    view.advance()
    gaze.settle(view, HEIGHT)

    assert window.first == 32
    assert gaze.cursor == 27
    assert drawn(view, gaze) == [s if s is not None and s >= 32 else None for s in before]


def test_the_row_under_the_cursor_stands_still_while_the_past_is_read(make_row: MakeRow) -> None:
    window = Window()
    window.extend([make_row() for _ in range(4)])
    view, gaze = looking_back(window, rows=2)
    line = gaze.line

    window.prepend([make_row() for _ in range(9_000)])
    while not view.complete:
        view.advance()
        gaze.settle(view, HEIGHT)

    assert (gaze.cursor, gaze.line) == (1, line)
    assert drawn(view, gaze)[line - 1 : line + 3] == [0, 1, 2, 3]


def test_a_call_that_turns_out_to_be_part_of_another_moves_nothing_below_it(
    make_row: MakeRow,
) -> None:
    window = Window()
    window.extend([make_row() for _ in range(30)])
    view, gaze = looking_back(window, rows=2)
    line = gaze.line

    window.replace(22, None)
    view.advance()
    gaze.settle(view, HEIGHT)

    assert drawn(view, gaze)[line:] == [27, 28, 29]
    assert drawn(view, gaze)[:line] == [19, 20, 21, 23, 24, 25, 26]


def test_following_shows_the_newest_at_the_bottom(make_row: MakeRow) -> None:
    window = Window()
    view, gaze = View(window), Gaze()
    for _ in range(3):
        window.extend([make_row() for _ in range(7)])
        view.advance()
        gaze.settle(view, HEIGHT)

    assert gaze.cursor == 20
    assert drawn(view, gaze) == list(range(11, 21))


def test_only_what_came_since_is_new(make_row: MakeRow) -> None:
    window = Window()
    window.extend([make_row() for _ in range(5)])
    view, gaze = looking_back(window)

    window.extend([make_row(), make_row(status="error"), make_row()])
    view.advance()

    assert view.since(gaze.left_at) == (3, 1)


def test_a_filter_is_asked_once_about_each_call(make_row: MakeRow) -> None:
    window = Window()
    window.extend([make_row(status="error" if n % 10 == 0 else "ok") for n in range(100)])
    asked: list[str] = []

    def is_error(row: Row) -> bool:
        asked.append(row.key)
        return row.status == "error"

    view = View(window, is_error)
    for _ in range(5):
        view.advance()
        window.extend([make_row()])
    view.advance()

    assert view.seqs == list(range(0, 100, 10))
    assert len(asked) == 105


def test_a_call_that_changes_is_asked_about_again(make_row: MakeRow) -> None:
    window = Window()
    row = make_row(state="partial")
    window.extend([row, make_row()])
    view = View(window, lambda row: row.status == "error")
    view.advance()

    window.replace(0, row._replace(status="error"))
    view.advance()

    assert view.seqs == view.bad == [0]


def test_moving_by_hand_leaves_no_empty_lines(make_row: MakeRow) -> None:
    window = Window()
    window.extend([make_row() for _ in range(30)])
    view, gaze = looking_back(window, rows=29)
    assert drawn(view, gaze) == list(range(10))

    gaze.move(view, 29, HEIGHT)

    assert drawn(view, gaze) == list(range(20, 30))
