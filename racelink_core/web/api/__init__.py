"""One module per resource; each offers `register(blueprint, host)`."""
