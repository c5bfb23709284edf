"""The chat around the index: conversation, digests, delivery, wiring."""
