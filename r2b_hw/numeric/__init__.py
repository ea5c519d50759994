"""Integer types, and the one rounding rule that every rung of the verification ladder follows."""
