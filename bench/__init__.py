"""Figures of speed and size. `make bench` prints the table of docs/performance.md."""
