"""What Microsoft's ODBC driver does with the emulator, through mssql-python: one JSON line per finding."""

import datetime
import decimal
import json
import sys
import time
import uuid

import mssql_python

port, password = sys.argv[1], sys.argv[2]
address = f"Server=127.0.0.1,{port};Database=App;UID=sa;PWD={{{password}}};Encrypt=yes"
trusting = f"{address};TrustServerCertificate=yes"


def found(name, value):
    print(json.dumps({"name": name, "value": value}, default=str), flush=True)


def text_of(error):
    return str(error)


def failure(action):
    try:
        action()
    except mssql_python.Error as error:
        return {"kind": type(error).__name__, "text": text_of(error)}
    return None


connection = mssql_python.connect(trusting, autocommit=True)
cursor = connection.cursor()
cursor.execute("SELECT SUSER_SNAME(), DB_NAME()")
found("encrypted login", list(cursor.fetchone()))
found("distrust", failure(lambda: mssql_python.connect(f"{address};TrustServerCertificate=no")))
found(
    "wrong password",
    failure(lambda: mssql_python.connect(trusting.replace(password, "wrong"))),
)

values = {
    "bit": True,
    "tinyint": 200,
    "smallint": -30000,
    "int": -2000000000,
    "bigint": 9007199254740993,
    "float": 1.5,
    "decimal": decimal.Decimal("-12345678901234.5678"),
    "nvarchar": "zażółć 🐘",
    "varchar": "plain",
    "max": "ä" * 100000,
    "varbinary": bytes(range(256)),
    "uniqueidentifier": uuid.UUID("00112233-4455-6677-8899-aabbccddeeff"),
    "date": datetime.date(2024, 2, 29),
    "time": datetime.time(23, 59, 58, 123456),
    "datetime2": datetime.datetime(2024, 2, 29, 23, 59, 58, 123456),
    "datetimeoffset": datetime.datetime(
        2024, 2, 29, 23, 59, 58, 123456, tzinfo=datetime.timezone(datetime.timedelta(hours=2))
    ),
}
different = []
for name, value in values.items():
    kind = {"decimal": "decimal(18, 4)", "max": "nvarchar(max)", "nvarchar": "nvarchar(50)", "varchar": "varchar(50)"}
    kind = kind.get(name, "varbinary(300)" if name == "varbinary" else name)
    cursor.execute(f"SELECT CAST(? AS {kind}) AS value", value)
    back = cursor.fetchone()[0]
    if back != value:
        different.append([name, repr(value)[:80], repr(back)[:80]])
found("parameters that came back different", different)
cursor.execute("SELECT ? AS nothing", None)
found("null", cursor.fetchone()[0])

connection.autocommit = False
cursor.execute("INSERT dbo.Note (text) VALUES (?)", "committed")
connection.commit()
cursor.execute("INSERT dbo.Note (text) VALUES (?)", "rolled back")
connection.rollback()
cursor.execute("SELECT text FROM dbo.Note")
found("transactions", [row[0] for row in cursor.fetchall()])
connection.commit()
connection.autocommit = True

cursor.execute("CREATE TABLE #many (id int, name nvarchar(20))")
cursor.executemany("INSERT #many VALUES (?, ?)", [(index, f"row {index}") for index in range(100)])
cursor.execute("SELECT COUNT(*), SUM(id), MAX(name) FROM #many")
found("prepared, many times", list(cursor.fetchone()))

found("error of a procedure", failure(lambda: cursor.execute("EXEC dbo.Fail")))
found("error of a statement", failure(lambda: cursor.execute("SELECT 1 / 0").fetchall()))
found("missing object", failure(lambda: cursor.execute("SELECT * FROM dbo.absent")))

cursor.execute("SELECT 1 AS a; SELECT 2 AS b, N'x' AS c")
first = [list(row) for row in cursor.fetchall()]
cursor.nextset()
found("several results", [first, [list(row) for row in cursor.fetchall()]])

cursor.execute(
    """DECLARE @dialog uniqueidentifier;
       BEGIN DIALOG CONVERSATION @dialog FROM SERVICE NoteService TO SERVICE 'NoteService' WITH ENCRYPTION = OFF;
       SEND ON CONVERSATION @dialog (?);""",
    "<note>ż</note>".encode("utf-16-le"),
)
cursor.execute("WAITFOR (RECEIVE TOP (1) message_body FROM dbo.NoteQueue), TIMEOUT 5000")
found("message", cursor.fetchone()[0].decode("utf-16-le"))

waiting = mssql_python.connect(trusting, autocommit=True)
waiting.timeout = 1
waiting_cursor = waiting.cursor()
begun = time.monotonic()
timed_out = failure(lambda: waiting_cursor.execute("WAITFOR (RECEIVE * FROM dbo.NoteQueue), TIMEOUT 30000"))
found("time-out", {"text": timed_out and timed_out["text"], "early": time.monotonic() - begun < 10})
again = waiting.cursor()
again.execute("SELECT 1")
found("after the time-out", again.fetchone()[0])
