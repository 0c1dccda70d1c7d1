"""The output store: the ledger (what is true) and the image store (where the bytes are)."""
