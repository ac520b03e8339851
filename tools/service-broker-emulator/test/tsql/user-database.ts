import type { SqlClient, TestServer } from './sql-client.ts';

/** A database with tables T and S, and a user `u` in a role `r` that may do nothing there. */
export interface UserDatabase extends AsyncDisposable {
  readonly name: string;
  /** The administrator, in the database. */
  readonly a: SqlClient;
  /** The user, in the database. */
  readonly b: SqlClient;
  /** What a statement of the user is refused for: `S(a)` for SELECT on column a, `S` for SELECT on the object. */
  readonly lacks: (text: string) => Promise<string>;
}

let count = 0;

export async function makeUserDatabase(server: TestServer): Promise<UserDatabase> {
  count += 1;
  const name = `Db${count}`;
  const a = await server.connect();
  await a.script(`CREATE DATABASE ${name};`, `USE ${name};`);
  await a.script(
    `CREATE TABLE T (id int NOT NULL PRIMARY KEY, a int, b int, c int); INSERT T VALUES (1, 10, 20, 30), (2, 11, 21, 31);
     CREATE TABLE S (id int NOT NULL PRIMARY KEY, x int); INSERT S VALUES (1, 5);
     CREATE ROLE r; CREATE USER u WITHOUT LOGIN; ALTER ROLE r ADD MEMBER u;`,
  );
  const b = await server.connect();
  await b.script(`USE ${name};`, "EXECUTE AS USER = 'u';");
  return {
    name,
    a,
    b,
    lacks: async (text) => (await b.run(text)).errors.map(refusalOf).join(' '),
    async [Symbol.asyncDispose](): Promise<void> {
      await a[Symbol.asyncDispose]();
      await b[Symbol.asyncDispose]();
    },
  };
}

function refusalOf({ number, message }: { readonly number?: number; readonly message: string }): string {
  const [, permission = '', column] =
    /^The (\w+) permission was denied on the (?:column '(\w+)'|object)/.exec(message) ?? [];
  if (number === 230) return `${permission.slice(0, 1)}(${column})`;
  return number === 229 ? permission.slice(0, 1) : String(number);
}
