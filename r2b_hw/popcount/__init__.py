"""Compressor trees that count the matching bits of two words, made of the LUTs and carry chains of AMD devices."""
