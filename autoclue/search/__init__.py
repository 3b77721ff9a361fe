"""The experiment: the ledger, what to try next, when to stop, and Ray, which runs it."""
