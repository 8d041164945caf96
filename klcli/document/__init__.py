"""The JSON documents that klcli prints and `to_dict` returns: plain values in, dicts out, all in schema 1.

They lie below core because `Comparison.to_dict()` and the pairs of a batch, which are made in other processes, write
documents too. Values are as they were computed; the JSON format spells infinity, and no number is rounded.

Import a document from its module: this package imports none, so that a command starts with its own alone.
"""
