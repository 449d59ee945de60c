"""Bytes to whole lines with an address; survives what a log does to its reader; knows no JSON."""
