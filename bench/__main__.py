"""`python -m bench`: measure tailllm and its peers, side by side, on this machine."""

import argparse
import os
import platform
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import asking, loading, reading, recording
from bench.lines import write


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--mb", type=int, default=50, help="megabytes of log to read")
    parser.add_argument("--calls", type=int, default=1_000_000, help="calls in the large ledger")
    parser.add_argument("--only", choices=["reading", "loading", "asking", "recording"])
    options = parser.parse_args()
    load = os.getloadavg()[0]
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f}.")
    print("Every table is taken in turns, medians; trust the ratios, not the times.")
    if options.only in (None, "reading"):
        for length, name in ((5_300, "5.3 KB lines"), (435, "435 B lines")):
            with TemporaryDirectory() as folder:
                log = Path(folder) / "calls.jsonl"
                write(log, options.mb * 1_000_000 // length, length_bytes=length)
                reading.run(log, name)
    if options.only in (None, "loading"):
        loading.run()
    if options.only in (None, "asking"):
        asking.run(50_000, options.calls)
    if options.only in (None, "recording"):
        recording.run()


if __name__ == "__main__":
    main()
