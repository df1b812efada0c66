"""normalise emails

The address that identifies a user is stored in lower case from now on. The spelling that was
entered moves to a column of its own: mail goes there, and the downgrade restores it.
"""

from collections import defaultdict

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Python lowers the addresses, as the service does: SQLite's lower() knows ASCII only.
users = sa.table(
    "users",
    sa.column("id", sa.Integer),
    sa.column("email", sa.String),
    sa.column("contact_email", sa.String),
)


def upgrade() -> None:
    op.add_column("users", sa.Column("contact_email", sa.String(320), nullable=True))
    connection = op.get_bind()
    rows = connection.execute(sa.select(users.c.id, users.c.email)).all()

    owners = defaultdict(list)
    for row in rows:
        owners[row.email.strip().lower()].append(row.id)
    shared = {email: ids for email, ids in owners.items() if len(ids) > 1}
    if shared:
        raise RuntimeError(f"users whose addresses differ in spelling only: {shared}")

    if rows:
        connection.execute(
            sa.update(users)
            .where(users.c.id == sa.bindparam("user_id"))
            .values(contact_email=users.c.email, email=sa.bindparam("normalised")),
            [{"user_id": row.id, "normalised": row.email.strip().lower()} for row in rows],
        )
    with op.batch_alter_table("users") as batch:
        batch.alter_column("contact_email", existing_type=sa.String(320), nullable=False)


def downgrade() -> None:
    op.execute(sa.update(users).values(email=users.c.contact_email))
    with op.batch_alter_table("users") as batch:
        batch.drop_column("contact_email")
