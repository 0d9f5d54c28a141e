"""What exists: countries, researchers, the world. Nothing here says what happens."""
