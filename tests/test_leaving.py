"""The process ends when its work is done, and not a line later."""

import subprocess
import sys

WORK_IN_HAND = """
import atexit, sys, threading
from concurrent.futures import ThreadPoolExecutor
import tailllm.__main__ as program

going = threading.Event()

def main():
    ThreadPoolExecutor(1).submit(lambda: (going.wait(0.2), print("decision written")))
    threading.Thread(target=lambda: (going.wait(0.1), print("thread ended"))).start()
    atexit.register(lambda: print("exit function"))
    return 3

program.main = main
sys.modules[program.LEDGER] = sys
program.leave()
"""


def test_a_decision_on_its_way_to_the_disk_is_not_lost_when_the_program_ends() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WORK_IN_HAND], capture_output=True, text=True, check=False
    )
    said = done.stdout.splitlines()

    assert done.returncode == 3
    assert sorted(said[:2]) == ["decision written", "thread ended"]
    assert said[2:] == ["exit function"]
    assert done.stderr == ""
