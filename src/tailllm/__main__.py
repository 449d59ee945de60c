"""`python -m tailllm` and the `tailllm` command."""

import sys


def main() -> int:
    """Run one command and return its exit code."""
    from tailllm.cli.main import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
