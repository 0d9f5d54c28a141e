"""Tables of observed flows and stocks, and the corridors fitted to them."""
