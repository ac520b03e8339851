import { randomUUID } from 'node:crypto';
import { type BrokerClient, connectBroker } from '@hartonomous/broker-client';
import { parseSqlConnectionString, toMssqlOptions } from '@hartonomous/config-loader';
import { startTestServer } from '@hartonomous/test-sql-server';

/** The server that an installation is tried on, and its administrator. */
export interface ServerUnderTest extends AsyncDisposable {
  /** Whether it is the SQL Server of SQL_SERVER_UNDER_TEST; else it is an emulator of the test file's own. */
  readonly isReal: boolean;
  /** In master, as the administrator. */
  readonly administrator: BrokerClient;
  connectionString(database: string, login?: Login): string;
}

/** Who logs in. */
export interface Login {
  readonly name: string;
  readonly password: string;
}

/** A login for one installation; the password passes SQL Server's policy. */
export function newLogin(role: string): Login {
  const id = randomUUID();
  return { name: `hartonomous-${role}-${id.slice(0, 8)}`, password: `Aa1!${id}` };
}

const replaced = /(?:^|;)\s*(?:database|initial catalog|user id|uid|password|pwd)\s*=\s*(?:"[^"]*"|'[^']*'|[^;]*)/gi;

/**
 * @throws Error where SQL_SERVER_UNDER_TEST isn't a connection string of a SQL login
 */
export async function openServerUnderTest(): Promise<ServerUnderTest> {
  const given = process.env.SQL_SERVER_UNDER_TEST ?? '';
  await using stack = new AsyncDisposableStack();
  const isReal = given !== '';
  const text = isReal ? given : stack.use(await startTestServer()).connectionString('master');
  const { database: _, ...settings } = parseSqlConnectionString(text);
  const options = toMssqlOptions({ ...settings, database: 'master' });
  if (options.driver !== 'tedious') throw new Error('SQL_SERVER_UNDER_TEST needs a SQL login: User Id and Password.');
  const server = text.replaceAll(replaced, '').replace(/^;|;$/g, '');
  const administrator = stack.adopt(await connectBroker({ sql: { ...options } }), (client) => client.close());
  const { user, password } = options as { user?: string; password?: string };
  const own: Login = { name: user ?? '', password: password ?? '' };
  const disposables = stack.move();
  return {
    isReal,
    administrator,
    connectionString: (database, login = own) =>
      `${server};Database=${database};User Id=${login.name};Password="${login.password}"`,
    [Symbol.asyncDispose]: () => disposables[Symbol.asyncDispose](),
  };
}
