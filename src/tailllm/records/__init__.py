"""The nouns: immutable, without I/O, without a clock.

Import each from its own module: `call` brings pydantic, the others bring nothing,
so that a stream of lines and a small command never pay for it.
"""
