import java.math.BigDecimal;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import com.microsoft.sqlserver.jdbc.SQLServerDataTable;
import com.microsoft.sqlserver.jdbc.SQLServerException;
import com.microsoft.sqlserver.jdbc.SQLServerPreparedStatement;

/** What mssql-jdbc does with the emulator: one JSON line per finding. */
public class Client {
    public static void main(String[] args) throws Exception {
        String address = "jdbc:sqlserver://127.0.0.1:" + args[0] + ";databaseName=App;user=sa;loginTimeout=10;encrypt=true;sendTimeAsDatetime=false;";
        String trusting = address + "trustServerCertificate=true;password={" + args[1] + "}";
        try (Connection connection = DriverManager.getConnection(trusting)) {
            found("encrypted login", row(connection, "SELECT SUSER_SNAME(), DB_NAME()"));
            found("distrust", failure(() -> DriverManager.getConnection(address + "trustServerCertificate=false;password={" + args[1] + "}")));
            found("wrong password", failure(() -> DriverManager.getConnection(address + "trustServerCertificate=true;password=wrong")));
            found("parameters that came back different", parameters(connection));
            found("metadata", metadata(connection));
            found("transactions", transactions(connection));
            found("prepared, ten times", prepared(connection));
            found("prepared batch", batch(connection));
            found("table-valued parameter", tableValued(connection));
            found("output and status", output(connection));
            found("error of a procedure", failure(() -> row(connection, "EXEC dbo.Fail")));
            found("error of a statement", failure(() -> row(connection, "\nDECLARE @a int = 0;\nSELECT 1 / @a")));
            found("several results", several(connection));
            found("message", message(connection));
            found("time-out", timeOut(connection));
            found("after the time-out", row(connection, "SELECT 1"));
        }
    }

    /** What tools ask for before they show a database: names of the columns, keys, indexes and so on of one table. */
    private static List<Object> metadata(Connection connection) throws SQLException {
        DatabaseMetaData data = connection.getMetaData();
        return List.of(
            names(data.getTables(null, "dbo", "Note", new String[] { "TABLE" }), "TABLE_NAME"),
            names(data.getColumns(null, "dbo", "Note", null), "COLUMN_NAME"),
            names(data.getPrimaryKeys(null, "dbo", "Note"), "COLUMN_NAME"),
            names(data.getImportedKeys(null, "dbo", "Note"), "FKCOLUMN_NAME"),
            names(data.getProcedures(null, "dbo", "Twice"), "PROCEDURE_NAME"),
            names(data.getProcedureColumns(null, "dbo", "Twice", null), "COLUMN_NAME"),
            names(data.getTypeInfo(), "TYPE_NAME").contains("datetime2"),
            names(data.getSchemas(), "TABLE_SCHEM").contains("dbo"),
            names(data.getCatalogs(), "TABLE_CAT").contains("App"));
    }

    private static List<String> names(ResultSet rows, String column) throws SQLException {
        List<String> names = new ArrayList<>();
        try (rows) {
            while (rows.next()) names.add(rows.getString(column));
        }
        return names;
    }

    private static List<Object> parameters(Connection connection) throws SQLException {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("bit", true);
        values.put("tinyint", (short) 200);
        values.put("smallint", (short) -30000);
        values.put("int", -2000000000);
        values.put("bigint", 9007199254740993L);
        values.put("real", 1.5f);
        values.put("float", 1.5d);
        values.put("decimal(18, 4)", new BigDecimal("-12345678901234.5678"));
        values.put("money", new BigDecimal("922337203685477.5807"));
        values.put("nvarchar(50)", "zażółć 🐘");
        values.put("varchar(50)", "plain");
        values.put("nvarchar(max)", "ä".repeat(100000));
        values.put("uniqueidentifier", "00112233-4455-6677-8899-AABBCCDDEEFF");
        values.put("date", LocalDate.of(2024, 2, 29));
        values.put("time(7)", LocalTime.of(23, 59, 58, 123456700));
        values.put("datetime2(7)", LocalDateTime.of(2024, 2, 29, 23, 59, 58, 123456700));
        values.put("datetimeoffset(7)", OffsetDateTime.of(2024, 2, 29, 23, 59, 58, 123456700, ZoneOffset.ofHours(2)));
        List<Object> different = new ArrayList<>();
        for (Map.Entry<String, Object> value : values.entrySet()) {
            for (Object given : new Object[] {value.getValue(), null}) {
                try (PreparedStatement statement = connection.prepareStatement("SELECT CAST(? AS " + value.getKey() + ") AS value")) {
                    statement.setObject(1, given);
                    ResultSet rows = statement.executeQuery();
                    rows.next();
                    Object back = given == null ? rows.getObject(1) : rows.getObject(1, given.getClass());
                    if (!Objects.equals(given, back)) different.add(value.getKey() + ": " + given + " became " + back);
                }
            }
        }
        try (PreparedStatement statement = connection.prepareStatement("SELECT ?")) {
            byte[] bytes = {0, (byte) 0xff, 7};
            statement.setBytes(1, bytes);
            ResultSet rows = statement.executeQuery();
            rows.next();
            if (!java.util.Arrays.equals(bytes, rows.getBytes(1))) different.add("varbinary");
        }
        return different;
    }

    private static List<Object> transactions(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        for (String text : new String[] {"committed", "rolled back"}) {
            try (PreparedStatement statement = connection.prepareStatement("INSERT dbo.Note (text) VALUES (?)", Statement.RETURN_GENERATED_KEYS)) {
                statement.setString(1, text);
                statement.executeUpdate();
                statement.getGeneratedKeys().next();
            }
            if (text.equals("committed")) connection.commit();
            else connection.rollback();
        }
        connection.setAutoCommit(true);
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        return row(connection, "SELECT COUNT(*), MAX(text) FROM dbo.Note");
    }

    private static int prepared(Connection connection) throws SQLException {
        int sum = 0;
        try (PreparedStatement statement = connection.prepareStatement("SELECT ? * 2")) {
            for (int i = 1; i <= 10; i++) {
                statement.setInt(1, i);
                ResultSet rows = statement.executeQuery();
                rows.next();
                sum += rows.getInt(1);
            }
        }
        return sum;
    }

    private static List<Object> batch(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE #many (id int, name nvarchar(20))");
        }
        try (PreparedStatement statement = connection.prepareStatement("INSERT #many VALUES (?, ?)")) {
            for (int i = 0; i < 100; i++) {
                statement.setInt(1, i);
                statement.setString(2, "row " + i);
                statement.addBatch();
            }
            statement.executeBatch();
        }
        return row(connection, "SELECT COUNT(*), SUM(id), MAX(name) FROM #many");
    }

    private static Object tableValued(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TYPE dbo.Ids AS TABLE (id int NOT NULL, name nvarchar(20) NULL)");
        }
        SQLServerDataTable table = new SQLServerDataTable();
        table.addColumnMetadata("id", Types.INTEGER);
        table.addColumnMetadata("name", Types.NVARCHAR);
        for (int i = 0; i < 50; i++) table.addRow(i, i == 7 ? null : "name " + i);
        try (SQLServerPreparedStatement statement =
                (SQLServerPreparedStatement) connection.prepareStatement("SELECT COUNT(*), COUNT(name), SUM(id) FROM ?")) {
            statement.setStructured(1, "dbo.Ids", table);
            ResultSet rows = statement.executeQuery();
            rows.next();
            return List.of(rows.getInt(1), rows.getInt(2), rows.getInt(3));
        }
    }

    private static List<Object> output(Connection connection) throws SQLException {
        try (CallableStatement statement = connection.prepareCall("{? = call dbo.Twice(?, ?)}")) {
            statement.registerOutParameter(1, Types.INTEGER);
            statement.setInt(2, 21);
            statement.registerOutParameter(3, Types.INTEGER);
            statement.execute();
            while (statement.getMoreResults() || statement.getUpdateCount() != -1) { }
            return List.of(statement.getInt(3), statement.getInt(1));
        }
    }

    private static List<Object> several(Connection connection) throws SQLException {
        List<Object> results = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            boolean isRows = statement.execute("SELECT 1; UPDATE dbo.Note SET text = text; SELECT N'x'");
            while (isRows || statement.getUpdateCount() != -1) {
                if (isRows) {
                    ResultSet rows = statement.getResultSet();
                    rows.next();
                    results.add(rows.getObject(1));
                } else results.add("updated " + statement.getUpdateCount());
                isRows = statement.getMoreResults();
            }
        }
        return results;
    }

    private static String message(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "DECLARE @dialog uniqueidentifier; BEGIN DIALOG CONVERSATION @dialog FROM SERVICE NoteService "
                        + "TO SERVICE 'NoteService' WITH ENCRYPTION = OFF; SEND ON CONVERSATION @dialog (?);")) {
            statement.setBytes(1, "note".getBytes());
            statement.execute();
        }
        try (Statement statement = connection.createStatement()) {
            ResultSet rows = statement.executeQuery("WAITFOR (RECEIVE TOP (1) message_body FROM dbo.NoteQueue), TIMEOUT 5000");
            rows.next();
            return new String(rows.getBytes(1));
        }
    }

    private static Object timeOut(Connection connection) throws SQLException {
        long begun = System.nanoTime();
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(1);
            statement.execute("WAITFOR (RECEIVE * FROM dbo.NoteQueue), TIMEOUT 30000");
            return "no time-out";
        } catch (SQLTimeoutException error) {
            return System.nanoTime() - begun < 10_000_000_000L;
        }
    }

    private static List<Object> row(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            List<Object> values = new ArrayList<>();
            for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) values.add(rows.getObject(i));
            return values;
        }
    }

    private interface Action {
        Object run() throws SQLException;
    }

    private static Object failure(Action action) {
        try {
            action.run();
            return null;
        } catch (SQLException error) {
            Map<String, Object> told = new LinkedHashMap<>();
            told.put("number", error.getErrorCode());
            told.put("sqlState", error.getSQLState());
            told.put("message", error.getMessage().split(" ClientConnectionId")[0]);
            if (error instanceof SQLServerException server && server.getSQLServerError() != null) {
                told.put("state", server.getSQLServerError().getErrorState());
                told.put("line", server.getSQLServerError().getLineNumber());
                told.put("procedure", server.getSQLServerError().getProcedureName());
            }
            return told;
        }
    }

    private static void found(String name, Object value) {
        System.out.println("{\"name\":" + json(name) + ",\"value\":" + json(value) + "}");
    }

    private static String json(Object value) {
        if (value == null || value instanceof Number || value instanceof Boolean) return String.valueOf(value);
        if (value instanceof List<?> list) return "[" + String.join(",", list.stream().map(Client::json).toList()) + "]";
        if (value instanceof Map<?, ?> map)
            return "{" + String.join(",", map.entrySet().stream().map(e -> json(e.getKey()) + ":" + json(e.getValue())).toList()) + "}";
        StringBuilder text = new StringBuilder("\"");
        for (char c : value.toString().toCharArray())
            text.append(c < ' ' || c > '~' || c == '"' || c == '\\' ? String.format("\\u%04x", (int) c) : String.valueOf(c));
        return text.append('"').toString();
    }
}
