"""Keys that arrive together, as over a slow line, do what they do when typed slowly."""

from pathlib import Path

import pytest

from tests.pty.terminal import Terminal, tailllm

pytestmark = pytest.mark.pty
INCIDENT = Path(__file__).parents[2] / "sample_logs" / "incident.jsonl"


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory):
    home = tmp_path_factory.mktemp("home")
    with tailllm(INCIDENT, "--corpus", home / "corpus", env={"HOME": str(home)}) as terminal:
        terminal.wait_for("LIVE")
        yield terminal


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param("?q", id="help and back"),
        pytest.param("Nq", id="notices and back"),
        pytest.param("!q", id="rejects and back"),
        pytest.param("\rq", id="a call and back"),
        pytest.param("?mark\x7f\x7f\x7f\x7fq", id="a search in the help, taken back"),
        pytest.param("/zz\x7f\x7f\r", id="a filter, taken back"),
    ],
)
def test_keys_behind_one_that_closes_a_screen_reach_the_screen_below(
    terminal: Terminal, keys: str
) -> None:
    if "LIVE" not in terminal.screen():
        terminal.send("F")
        terminal.wait_for("LIVE")

    terminal.send(keys + "kkk")

    terminal.wait_for("PAUSED")


def test_what_is_typed_with_the_key_that_opens_a_dialog_is_typed_into_it(
    terminal: Terminal,
) -> None:
    terminal.send("Mtoo polite")

    terminal.wait_for("too polite")
    terminal.send("\x1b")
    terminal.wait_until(lambda screen: "too polite" not in screen)
