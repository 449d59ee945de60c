"""Laws of what people decided to keep."""
