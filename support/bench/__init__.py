"""The benchmark: the same generated features run by this suite's runner, by behave and by cucumber-js, as ratios of one hour."""
