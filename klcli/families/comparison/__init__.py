"""Two families compared: each measure by the best method, with a bound on its error."""
