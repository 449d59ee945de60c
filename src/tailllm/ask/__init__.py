"""What an engineer asks in an incident, answered in plain values for screens and commands."""
