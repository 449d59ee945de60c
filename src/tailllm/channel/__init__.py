"""The standing channel: what people near the users report, and what they hear back."""
