"""Row i of P against row i of Q: values, limits and summaries."""
