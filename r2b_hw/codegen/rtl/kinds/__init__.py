"""One module a kind of unit: its SystemVerilog instance."""
