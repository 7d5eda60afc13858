"""The platform's HTTP API, one class for each resource; `Platform` is the facade that steps use."""
