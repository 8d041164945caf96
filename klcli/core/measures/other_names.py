"""Names of measures in other tools, and what is said to them here."""

from klcli.core.measures.measure import MEASURES
from klcli.support.sentence import Command

MEASURES.answer(
    "ppl",
    "perplexity",
    hint="perplexity_p and perplexity_q are of P and of Q; cross_perplexity is of Q on draws from P",
)
MEASURES.answer(
    "nll", "negative_log_likelihood", "logloss", hint="did you mean cross_entropy? Its unit is that of one draw"
)
MEASURES.answer(
    "symmetric_kl",
    "skl",
    "symmetrised_kl",
    "symmetrized_kl",
    hint="jeffreys is KL(P‖Q) + KL(Q‖P), twice their mean; jensen_shannon is symmetric and always finite",
)
MEASURES.answer(
    "wasserstein",
    "emd",
    "earth_mover",
    "ks",
    "kolmogorov_smirnov",
    hint="outcomes have no order here; " + Command("drift") + " has wasserstein and ks of columns of numbers",
)
MEASURES.answer("alpha", "alpha_divergence", hint="renyi:A and tsallis:A have an order")
MEASURES.answer("bc", "bhattacharyya_coefficient", hint="bhattacharyya is its negative logarithm")
MEASURES.answer(
    "mi", "mutual_information", hint="it is forward_kl of the joint distribution to the product of the margins"
)
