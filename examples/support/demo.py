"""What an edit of the prompt broke, by name, in a minute: `make eval-demo`.

Works on a copy of this folder and with a model on this machine; nothing is left behind.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
FIXED = "http://127.0.0.1:8321/v1"
"""The address in `tailllm.toml`; the demo takes a free one."""
FINE, BROKE = 0, 1


def main() -> int:
    """Show the four steps; 0 when each ended as it should."""
    with tempfile.TemporaryDirectory(prefix="tailllm-") as folder, model() as url:
        copy = Path(folder, "support")
        shutil.copytree(HERE, copy, ignore=shutil.ignore_patterns("__pycache__", "runs"))
        config = copy / "tailllm.toml"
        config.write_text(config.read_text().replace(FIXED, url))
        prompt = copy / "prompts" / "support.md"
        before = prompt.read_text()
        tell("1. The prompt as it is, on recorded answers: no key, no network.")
        ends = [tailllm(copy, "eval")]
        tell("2. Somebody wants shorter answers:  … in at most two sentences.")
        prompt.write_text((copy / "prompts" / "support.shorter.md").read_text())
        tell("3. The same cases, asked anew. What did the edit break?")
        ends.append(tailllm(copy, "eval", "--live"))
        tell("4. The edit is taken back.")
        prompt.write_text(before)
        ends.append(tailllm(copy, "eval", "--live"))
    tell(f"Exit codes: {ends[0]} as it is, {ends[1]} edited, {ends[2]} taken back.")
    return 0 if ends == [FINE, BROKE, FINE] else 1


def tell(sentence: str) -> None:
    """One step, in our words."""
    print(f"\n\x1b[1m── {sentence}\x1b[0m\n" if sys.stdout.isatty() else f"\n── {sentence}\n")
    sys.stdout.flush()


def tailllm(folder: Path, *words: str) -> int:
    """Run the command as a person would, in the copy."""
    words = (sys.executable, "-m", "tailllm", *words)
    return subprocess.run(words, cwd=folder, check=False).returncode


@contextmanager
def model() -> Iterator[str]:
    """The fake model, for as long as the block lasts; its address."""
    words = [sys.executable, str(HERE / "fake_model.py"), "--port", "0"]
    server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        yield server.stdout.readline().strip() if server.stdout else FIXED
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    sys.exit(main())
