"""Version 9: sites that close early on the kind of day a plan is for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the column; a plan kept before has no early closing."""
    op.add_column("plans", sa.Column("early_closings", sa.Text(), nullable=True))
