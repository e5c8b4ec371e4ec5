"""Pick-up and delivery files are described as dial-a-ride ones are."""

from benchmarks.rivals.from_darp import build_model

__all__ = ["build_model"]
