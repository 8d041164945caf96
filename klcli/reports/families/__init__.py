"""Reports on families of distributions: their divergences, explained by the formula with numbers put in."""
