"""What phrases do, and what they must find, where it takes more than one call: one module for each deed of a customer, an agent or the cloud."""
