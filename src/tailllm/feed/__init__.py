"""Where sources, dialects, validators and store meet; no UI."""
