"""How each kind of unit is called in C++, one module a kind, stem = kind."""
