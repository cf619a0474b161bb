"""The service log: what entries become, and what is read of them."""
