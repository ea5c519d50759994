"""The simulation without data: recurrences over words, nest by nest."""
