"""The HLS project: C++ templates instantiated for a hardware graph."""
