"""What Python's drivers and ORMs do with the emulator, one at a time: one JSON line per finding."""

import datetime
import glob
import json
import os
import sys
import tempfile
import urllib.parse

client, port, password = sys.argv[1], sys.argv[2], sys.argv[3]


def found(name, value):
    print(json.dumps({"name": name, "value": value}, default=str), flush=True)


def odbc_address():
    """Registers the driver that mssql-python brings along, for pyodbc and what stands on it."""
    import mssql_python_odbc

    pattern = os.path.join(mssql_python_odbc.__path__[0], "libs/linux/debian_ubuntu/*/lib/libmsodbcsql*")
    machine = {"aarch64": "arm64"}.get(os.uname().machine, os.uname().machine)
    [library] = [path for path in glob.glob(pattern) if f"/{machine}/" in path]
    folder = tempfile.mkdtemp()
    with open(os.path.join(folder, "odbcinst.ini"), "w") as file:
        file.write(f"[ODBC Driver 18 for SQL Server]\nDriver={library}\n")
    os.environ["ODBCSYSINI"] = folder
    return (
        f"Driver={{ODBC Driver 18 for SQL Server}};Server=127.0.0.1,{port};Database=App;UID=sa;PWD={password};"
        "Encrypt=yes;TrustServerCertificate=yes"
    )


def run_pyodbc():
    address = odbc_address()
    import pyodbc

    connection = pyodbc.connect(address)
    cursor = connection.cursor()
    moment = datetime.datetime(2024, 1, 2, 3, 4, 5, 678901)
    found("fractions of seconds", cursor.execute("SELECT ?", (moment,)).fetchone()[0] == moment)
    cursor.execute("CREATE TABLE #f (v nvarchar(max), n int)")
    cursor.execute("INSERT #f (v, n) VALUES (?, ?)", ("x" * 2046, 1))
    cursor.fast_executemany = True
    cursor.executemany("INSERT #f (v, n) VALUES (?, ?)", [("y", 2), (None, 3)])
    found("rows", list(cursor.execute("SELECT COUNT(*), MAX(LEN(v)) FROM #f").fetchone()))
    cursor.execute("CREATE TABLE dbo.Odbc (id int IDENTITY PRIMARY KEY, d datetime2, g uniqueidentifier)")
    connection.commit()
    found("columns", [row.column_name for row in cursor.columns(table="Odbc")])
    found("primary key", [row.column_name for row in cursor.primaryKeys("Odbc")])
    found("tables", [row.table_name for row in cursor.tables(tableType="TABLE") if row.table_name == "Odbc"])
    found("types", len(cursor.getTypeInfo().fetchall()))
    found("indexes", [row.column_name for row in cursor.statistics("Odbc") if row.column_name])


def run_pymssql():
    import pymssql

    connection = pymssql.connect(server="127.0.0.1", port=port, user="sa", password=password, database="App")
    cursor = connection.cursor(as_dict=True)
    cursor.execute("CREATE TABLE dbo.FreeTds (id int, name nvarchar(20), d datetime)")
    moment = datetime.datetime(2024, 1, 2)
    cursor.executemany("INSERT dbo.FreeTds VALUES (%d, %s, %s)", [(1, "a", moment), (2, "b", None)])
    connection.bulk_copy("dbo.FreeTds", [(3, "c", None), (4, "d", moment)])
    connection.commit()
    cursor.execute("SELECT COUNT(*) AS n, COUNT(d) AS d FROM dbo.FreeTds")
    found("rows, two of them by bulk copy", cursor.fetchone())
    cursor.execute("DELETE dbo.FreeTds")
    connection.rollback()
    cursor.execute("SELECT COUNT(*) AS n FROM dbo.FreeTds")
    found("rolled back", cursor.fetchone())


def run_bulkcopy():
    import mssql_python

    address = f"Server=127.0.0.1,{port};Database=App;UID=sa;PWD={password};Encrypt=yes;TrustServerCertificate=yes"
    connection = mssql_python.connect(address)
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE dbo.Orders (id int, qty int)")
    connection.commit()
    found("rows", cursor.bulkcopy("dbo.Orders", [(100, 1), (101, 2)])["rows_copied"])


def run_sqlalchemy():
    import sqlalchemy as sa

    odbc = "mssql+pyodbc:///?odbc_connect=" + urllib.parse.quote_plus(odbc_address())
    free_tds = f"mssql+pymssql://sa:{urllib.parse.quote_plus(password)}@127.0.0.1:{port}/App"
    for name, url in (("pyodbc", odbc), ("pymssql", free_tds)):
        engine = sa.create_engine(url)
        model = sa.MetaData()
        author = sa.Table(
            "author",
            model,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("name", sa.Unicode(50), unique=True),
            sa.Column("at", sa.DateTime, server_default=sa.func.getdate()),
        )
        book = sa.Table(
            "book",
            model,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("author", sa.ForeignKey("author.id")),
            sa.Index("ix_book", "author"),
        )
        model.create_all(engine)
        model.create_all(engine)
        with engine.begin() as connection:
            key = connection.execute(author.insert().values(name="x")).inserted_primary_key[0]
            connection.execute(book.insert(), [{"author": key}, {"author": key}])
            joined = sa.select(sa.func.count()).select_from(book.join(author))
            found(f"{name}: joined", connection.execute(joined).scalar())
        reflected = sa.MetaData()
        reflected.reflect(engine)
        found(f"{name}: reflected", [table for table in sorted(reflected.tables) if table in ("author", "book")])
        found(f"{name}: refers to", sa.inspect(engine).get_foreign_keys("book")[0]["referred_table"])
        model.drop_all(engine)


def run_django():
    odbc_address()
    import django
    from django.conf import settings

    settings.configure(
        DATABASES={
            "default": {
                "ENGINE": "mssql",
                "NAME": "App",
                "HOST": "127.0.0.1",
                "PORT": port,
                "USER": "sa",
                "PASSWORD": password,
                "OPTIONS": {
                    "driver": "ODBC Driver 18 for SQL Server",
                    "extra_params": "Encrypt=yes;TrustServerCertificate=yes",
                },
            }
        },
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("migrate", verbosity=0)
    from django.contrib.auth.models import User

    User.objects.create_user("a", "a@b.c", "x")
    found("users", User.objects.filter(username__icontains="A").order_by("-date_joined").count())
    from django.db import connection

    with connection.cursor() as cursor:
        found("introspected", "auth_user" in connection.introspection.table_names(cursor))


globals()[f"run_{client}"]()
