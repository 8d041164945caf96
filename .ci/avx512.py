"""Prints the AVX-512 features that numpy dispatches to on this processor, for NPY_DISABLE_CPU_FEATURES; none, nothing.

Their names differ from version to version of numpy, which refuses a name that it does not know.
"""

try:
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
except ImportError:  # before numpy 2.0
    from numpy.core._multiarray_umath import __cpu_dispatch__, __cpu_features__

print(*(name for name in __cpu_dispatch__ if name.startswith(("AVX512", "X86_V4")) and __cpu_features__[name]))
