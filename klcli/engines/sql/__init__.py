"""Tables counted by SQL: the queries of all engines, and what differs between their dialects."""
