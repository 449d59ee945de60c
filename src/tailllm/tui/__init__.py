"""The screens: draw and listen, own no facts."""
