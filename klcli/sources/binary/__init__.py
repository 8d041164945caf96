"""Binary files of one distribution: .npy, .npz, Parquet."""
