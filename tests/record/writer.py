"""A service that records calls as fast as it can, until it is killed or has made `count`."""

import sys

from tailllm import record

path, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
for number in range(count):
    record.call(
        path,
        model=name,
        messages=[{"role": "user", "content": "x" * (number * 37 % 5_000)}],
        output=str(number),
    )
    if number % 50 == 0:
        record.flush(10)
        print(number, flush=True)
record.flush(30)
