"""Loop nests: the timing of every unit as data."""
