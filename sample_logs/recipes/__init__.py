"""How each sample log is made; every module returns its files by name."""
