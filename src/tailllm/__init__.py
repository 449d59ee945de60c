"""tailllm: follow language-model calls, read what the model saw, keep what matters."""

__version__ = "0.1.0"
