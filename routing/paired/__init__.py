"""The paired form: every request has its own pick-up and its own drop-off."""
