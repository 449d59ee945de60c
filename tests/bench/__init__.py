"""The measurements themselves run."""
