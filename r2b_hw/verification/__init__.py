"""The ladder: PyTorch, executed QONNX, numpy, cycle-accurate simulation, HLS C-simulation; equality on every rung."""
