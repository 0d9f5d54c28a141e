"""What people look at: the words and numbers that the terminal, the figures and the document share."""
