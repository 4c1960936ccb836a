"""What the figures of overfitting say where the truth is known: on noise, and on a planted edge."""
