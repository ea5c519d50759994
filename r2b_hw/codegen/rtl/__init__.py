"""The SystemVerilog project: parameterised modules instantiated for a hardware graph."""
