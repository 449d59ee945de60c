"""What the reader asked for in `tailllm.toml`, checked before anything starts."""
