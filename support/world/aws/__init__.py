"""A simulated AWS: moto, with the market, the trust checks and the faults that it lacks."""
