"""Binary formats: NumPy arrays, safetensors, Parquet, and the base files of llama.cpp."""
