// pnpm conformance:login: on the server of CONFORMANCE_SQL, makes the login owner_of_databases, which owns the databases that it makes
// and sees the server's state, and may do nothing else there.
import mssql from 'mssql';

const { CONFORMANCE_SQL: server, CONFORMANCE_OWNER_PASSWORD: password } = process.env;
if (server === undefined || password === undefined) {
  process.stderr.write('Set CONFORMANCE_SQL (of an administrator) and CONFORMANCE_OWNER_PASSWORD.\n');
  process.exit(2);
}
const pool = await mssql.connect(server);
try {
  await pool
    .request()
    .input('Password', password)
    .query(`
    DECLARE @Statement NVARCHAR(MAX) = N'CREATE LOGIN owner_of_databases WITH PASSWORD = ' + QUOTENAME(@Password, '''') + N';';
    EXEC sp_executesql @Statement;`);
  await pool.request().batch('ALTER SERVER ROLE dbcreator ADD MEMBER owner_of_databases;');
  await pool.request().batch('GRANT VIEW SERVER STATE, ALTER ANY LOGIN TO owner_of_databases;');
} finally {
  await pool.close();
}
