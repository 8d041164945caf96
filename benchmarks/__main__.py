"""Runs every benchmark and prints its table of ratios."""

from benchmarks import batch, startup

if __name__ == "__main__":
    startup.main()
    batch.main()
