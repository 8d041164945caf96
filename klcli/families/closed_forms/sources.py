"""Publications that several closed forms cite."""

__all__ = ["GIL", "JOHNSON_BOTH", "KULLBACK", "KULLBACK_LEIBLER", "PENNY"]

GIL = "Gil, Alajaji & Linder (2013), Inf. Sci. 249, 124-131"
JOHNSON_BOTH = "Johnson, Kotz & Balakrishnan (1994, 1995), Continuous Univariate Distributions 1, 2"
KULLBACK = "Kullback (1959), Information Theory and Statistics, chapter 9"
KULLBACK_LEIBLER = "Kullback & Leibler (1951), Ann. Math. Stat. 22(1), 79-86"
PENNY = "Penny (2001), KL-divergences of Normal, Gamma, Dirichlet and Wishart densities"
