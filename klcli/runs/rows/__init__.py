"""Row i of P against row i of Q: computed, summed up, split over processes and files."""
