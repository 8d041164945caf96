"""Runs every benchmark and prints its table of ratios."""

from benchmarks import startup

if __name__ == "__main__":
    startup.main()
