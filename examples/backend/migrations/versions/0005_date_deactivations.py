"""date deactivations

When a user was deactivated replaces whether. Nobody knows the time of the old ones: the best
there is is the time at which the account was created.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

users = sa.table(
    "users",
    sa.column("is_active", sa.Boolean),
    sa.column("created_at", sa.DateTime),
    sa.column("deactivated_at", sa.DateTime),
)


def upgrade() -> None:
    op.add_column("users", sa.Column("deactivated_at", sa.DateTime(), nullable=True))
    op.execute(
        sa.update(users)
        .where(users.c.is_active == sa.false())
        .values(deactivated_at=users.c.created_at)
    )
    with op.batch_alter_table("users") as batch:
        batch.drop_column("is_active")


def downgrade() -> None:
    op.add_column(
        "users", sa.Column("is_active", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.execute(
        sa.update(users).where(users.c.deactivated_at.is_not(None)).values(is_active=sa.false())
    )
    with op.batch_alter_table("users") as batch:
        batch.drop_column("deactivated_at")
