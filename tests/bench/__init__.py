"""``make bench``: the product's speed as ratios to named yardsticks, measured in the same run."""
