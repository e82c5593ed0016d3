"""Database access below the models: bulk statements, compiled queries, errors, disk use."""
