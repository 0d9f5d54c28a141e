"""The model: agents, rules, state and what is recorded of them."""
