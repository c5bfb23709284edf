"""Steps from every schema that was ever given to others to the present one, by Alembic."""
