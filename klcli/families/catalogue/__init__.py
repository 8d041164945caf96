"""The families, each in the file of its name, with its closed forms below the class."""
