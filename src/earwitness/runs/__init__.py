"""Runs: plan, memoised execution, lanes and the ledger."""
