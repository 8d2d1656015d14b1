"""Drawings that several sections use, as SVG text."""
