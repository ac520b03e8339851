// What go-mssqldb does with the emulator: one JSON line per finding.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	mssql "github.com/microsoft/go-mssqldb"
)

func found(name string, value any) {
	line, err := json.Marshal(map[string]any{"name": name, "value": value})
	must(err)
	fmt.Println(string(line))
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// failure tells what the server said, or only the text where it said nothing.
func failure(err error) any {
	var server mssql.Error
	if errors.As(err, &server) {
		return map[string]any{
			"number": server.Number, "state": server.State, "class": server.Class,
			"line": server.LineNo, "procedure": server.ProcName, "message": server.Message,
		}
	}
	if err == nil {
		return nil
	}
	return err.Error()
}

func open(port, password, trust string) *sql.DB {
	db, err := sql.Open("sqlserver", fmt.Sprintf(
		"server=127.0.0.1;port=%s;user id=sa;password=%s;database=App;encrypt=true;TrustServerCertificate=%s", port, password, trust))
	must(err)
	return db
}

func main() {
	port, password := os.Args[1], os.Args[2]
	ctx := context.Background()
	db := open(port, password, "true")
	defer db.Close()

	var login, database string
	must(db.QueryRow("SELECT SUSER_SNAME(), DB_NAME()").Scan(&login, &database))
	found("encrypted login", []string{login, database})
	found("distrust", failure(open(port, password, "false").Ping()))
	found("wrong password", failure(open(port, "wrong", "true").Ping()))

	parameters(db)
	transactions(ctx, db)

	statement, err := db.Prepare("SELECT @p1 * 2")
	must(err)
	sum := 0
	for i := 1; i <= 10; i++ {
		var doubled int
		must(statement.QueryRow(i).Scan(&doubled))
		sum += doubled
	}
	must(statement.Close())
	found("prepared, ten times", sum)

	var out int
	var status mssql.ReturnStatus
	_, err = db.ExecContext(ctx, "dbo.Twice", sql.Named("in", 21), sql.Named("out", sql.Out{Dest: &out}), &status)
	must(err)
	found("output and status", []int{out, int(status)})

	_, err = db.Exec("EXEC dbo.Fail")
	found("error of a procedure", failure(err))
	_, err = db.Exec("\nDECLARE @a int = 0;\nSELECT 1 / @a")
	found("error of a statement", failure(err))

	bulk(db)
	messages(db)

	limited, cancel := context.WithTimeout(ctx, time.Second)
	begun := time.Now()
	_, err = db.ExecContext(limited, "WAITFOR (RECEIVE * FROM dbo.NoteQueue), TIMEOUT 30000")
	cancel()
	found("time-out", errors.Is(err, context.DeadlineExceeded) && time.Since(begun) < 10*time.Second)
	var one int
	must(db.QueryRow("SELECT 1").Scan(&one))
	found("after the time-out", one)
}

func parameters(db *sql.DB) {
	moment := time.Date(2024, 2, 29, 23, 59, 58, 123456700, time.FixedZone("", 2*3600))
	values := []struct {
		kind, expected string
		value          any
	}{
		{"bit", "true", true},
		{"tinyint", "200", 200},
		{"smallint", "-30000", -30000},
		{"int", "-2000000000", -2000000000},
		{"bigint", "9007199254740993", int64(9007199254740993)},
		{"float", "1.5", 1.5},
		{"decimal(18, 4)", "-12345678901234.5678", "-12345678901234.5678"},
		{"money", "922337203685477.5807", "922337203685477.5807"},
		{"nvarchar(50)", "zażółć 🐘", "zażółć 🐘"},
		{"varchar(50)", "plain", mssql.VarChar("plain")},
		{"nvarchar(max)", strings.Repeat("ä", 100000), strings.Repeat("ä", 100000)},
		{"varbinary(max)", "\x00\xff", []byte{0, 255}},
		{"datetimeoffset(7)", moment.Format(time.RFC3339Nano), moment},
		{"date", "2024-02-29T00:00:00Z", mssql.DateTime1(moment)},
	}
	different := [][]string{}
	for _, each := range values {
		var back any
		must(db.QueryRow("SELECT CAST(@p1 AS "+each.kind+")", each.value).Scan(&back))
		text := fmt.Sprint(back)
		switch known := back.(type) {
		case []byte:
			text = string(known)
		case time.Time:
			text = known.Format(time.RFC3339Nano)
		}
		if text != each.expected {
			different = append(different, []string{each.kind, each.expected, text})
		}
	}
	var id mssql.UniqueIdentifier
	must(id.Scan("00112233-4455-6677-8899-AABBCCDDEEFF"))
	var back mssql.UniqueIdentifier
	must(db.QueryRow("SELECT @p1", id).Scan(&back))
	if back != id {
		different = append(different, []string{"uniqueidentifier", id.String(), back.String()})
	}
	found("parameters that came back different", different)
	var nothing sql.NullString
	must(db.QueryRow("SELECT CAST(@p1 AS nvarchar(10))", nil).Scan(&nothing))
	found("null", nothing.Valid)
}

func transactions(ctx context.Context, db *sql.DB) {
	for _, text := range []string{"committed", "rolled back"} {
		transaction, err := db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable})
		must(err)
		_, err = transaction.Exec("INSERT dbo.Note (text) VALUES (@p1)", text)
		must(err)
		if text == "committed" {
			must(transaction.Commit())
		} else {
			must(transaction.Rollback())
		}
	}
	rows, err := db.Query("SELECT text FROM dbo.Note")
	must(err)
	texts := []string{}
	for rows.Next() {
		var text string
		must(rows.Scan(&text))
		texts = append(texts, text)
	}
	found("transactions", texts)
}

func bulk(db *sql.DB) {
	transaction, err := db.Begin()
	must(err)
	_, err = transaction.Exec("CREATE TABLE dbo.Loaded (id int NOT NULL, name nvarchar(20) NULL)")
	must(err)
	statement, err := transaction.Prepare(mssql.CopyIn("dbo.Loaded", mssql.BulkOptions{}, "id", "name"))
	must(err)
	for i := 0; i < 1000; i++ {
		_, err = statement.Exec(i, fmt.Sprint("row ", i))
		must(err)
	}
	_, err = statement.Exec()
	must(err)
	must(statement.Close())
	must(transaction.Commit())
	var count, sum int
	must(db.QueryRow("SELECT COUNT(*), SUM(id) FROM dbo.Loaded").Scan(&count, &sum))
	found("bulk", []int{count, sum})
}

func messages(db *sql.DB) {
	_, err := db.Exec(`DECLARE @dialog uniqueidentifier;
		BEGIN DIALOG CONVERSATION @dialog FROM SERVICE NoteService TO SERVICE 'NoteService' WITH ENCRYPTION = OFF;
		SEND ON CONVERSATION @dialog (@p1);`, []byte("note"))
	must(err)
	var body []byte
	must(db.QueryRow("WAITFOR (RECEIVE TOP (1) message_body FROM dbo.NoteQueue), TIMEOUT 5000").Scan(&body))
	found("message", string(body))
}
