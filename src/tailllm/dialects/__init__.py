"""One file per log format: a line becomes parts of calls or a reject; pure, never raises."""
