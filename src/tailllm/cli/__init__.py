"""Arguments in, exit code out; owns no logic."""
