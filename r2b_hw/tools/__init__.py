"""External tools, one module each: find it, check its version, run it. ``process`` alone starts processes."""
