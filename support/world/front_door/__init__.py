"""The data plane that moto lacks: load balancers that send users' requests to model servers."""
