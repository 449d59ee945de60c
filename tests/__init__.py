"""The tests. They start the program hundreds of times, so what is compiled once stays compiled."""

import os
import sys

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
