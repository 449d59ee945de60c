"""What people decided to keep, in plain files that git can review."""
