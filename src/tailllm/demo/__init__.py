"""The two-minute tour and the traffic it is made of; the sample logs are made of the same."""
