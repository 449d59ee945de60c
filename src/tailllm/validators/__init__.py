"""A call becomes verdicts: passed, failed or errored; bounded in time."""
