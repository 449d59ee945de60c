"""What comparing calls with the corpus adds to following: `python -m bench.beside FOLDER`.

The folder is as for `bench.drift`. Both ways follow the same log at the same time, several
times over; the ratio of their CPU is what counts.
"""

import sys
import tempfile
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter, sleep

from bench.drift import Data
from bench.lines import line
from bench.living import tailllm
from bench.screen import Shown
from tailllm.corpus import case_file
from tailllm.corpus.case import Case, CaseMessage, Expect

PER_S = 1_000
SECONDS = 20.0
CASES = 1_000
ROUNDS = 3


def corpus(folder: Path, texts: list[str]) -> None:
    """A case for each text."""
    for number, text in enumerate(texts):
        asked = (CaseMessage(role="user", content=text),)
        expect = (Expect(type="equals", value="42"),)
        case = Case(id=f"case-{number}", target="support", messages=asked, expect=expect)
        case_file.write(folder, case)


def follow(log: Path, corpora: list[Path], texts: list[str]) -> list[float]:
    """CPU seconds that following with each corpus takes while the log grows."""
    log.write_bytes(line("first"))
    shown = [Shown([*tailllm(log)[:-1], str(one)]) for one in corpora]
    try:
        sleep(8)
        before = [one.cpu_s for one in shown]
        begun, number = perf_counter(), 0
        with log.open("ab", buffering=0) as writer:
            while (passed := perf_counter() - begun) < SECONDS:
                due = int(passed * PER_S) - number
                said = (f"{texts[(number + n) % len(texts)]} {number + n}" for n in range(due))
                writer.write(b"".join(map(line, said)))
                number += due
                sleep(0.01)
        return [one.cpu_s - start for one, start in zip(shown, before, strict=True)]
    finally:
        for one in shown:
            one.close()


def main() -> None:
    data = Data(Path(sys.argv[1]))
    rng = Random(0)
    texts = [text for text, _ in data.test]
    rng.shuffle(texts)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpus(folder / "cases", rng.sample([text for text, _ in data.train], CASES))
        ratios = []
        for number in range(ROUNDS):
            log = folder / f"calls{number}.jsonl"
            alone, beside = follow(log, [folder / "none", folder / "cases"], texts)
            ratios.append(beside / alone)
            share = 100 / SECONDS
            print(f"alone {alone * share:.1f} %, compared with {CASES:,} cases"
                  f" {beside * share:.1f} % of a core: {ratios[-1]:.2f}x")  # fmt: skip
    print(f"{PER_S:,} calls a second, median of {ROUNDS}: {median(ratios):.2f}x the CPU (goal 1.3)")


if __name__ == "__main__":
    main()
