"""The database: connections, migrations, named SQL. The only room that knows psycopg."""
