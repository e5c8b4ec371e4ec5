"""Money: rate cards, own-fleet cost, exact prices."""
