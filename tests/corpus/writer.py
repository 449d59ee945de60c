"""A process that marks and says so: `python -m tests.corpus.writer FOLDER FALLBACK NAME COUNT SIZE [PAUSE]`.

Prints `ready`, then one line `<mark id> <path>` after each mark that was acknowledged.
COUNT 0 marks until somebody stops it; SIZE is the number of characters in each answer;
PAUSE the seconds between two marks.
"""

import os
import sys
import time
from itertools import count
from pathlib import Path

from tailllm.corpus.marks import Marks
from tailllm.errors import CorpusError
from tailllm.records.call import Call
from tailllm.records.line import Address, RawLine


def call(name: str, size: int = 0) -> Call:
    return Call(key=f"resp:{name}", format="native", output_text=f"{name} {'x' * size}")


def line(text: bytes, offset: int = 0) -> RawLine:
    return RawLine(Address("1:2:abcd", offset, len(text)), text)


def say(text: str) -> None:
    os.write(1, text.encode() + b"\n")


def main() -> int:
    folder, fallback, name, times, size = sys.argv[1:6]
    pause_s = float(sys.argv[6]) if len(sys.argv) > 6 else 0.0
    marks = Marks(Path(folder), fallback=Path(fallback), by=name, host="h", version="0", wait_s=20)
    say("ready")
    for n in range(int(times)) if int(times) else count():
        try:
            kept = marks.mark(call(f"{name}-{n}", int(size)), [line(b"raw\xff")], paths={})
        except CorpusError as error:
            say(f"refused {error}")
            return error.exit_code
        say(f"{kept.mark_id} {kept.path}")
        time.sleep(pause_s)
    return 0


if __name__ == "__main__":
    sys.exit(main())
