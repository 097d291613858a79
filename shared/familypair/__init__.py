"""Family Pairing: the vocabulary and the pure rules that server, client and host app share."""
