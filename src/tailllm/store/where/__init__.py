"""What a filter means: once as a test in Python, once as a condition in the ledger's SQL."""
