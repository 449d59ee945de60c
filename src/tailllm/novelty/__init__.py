"""How unlike the corpus an interaction is: wording only, no model, no download."""
