"""What is given without being paid, and what for: goodwill work, investments, goals."""
