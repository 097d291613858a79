"""Records: the ledger of each teen, and the inbox of each viewer."""
