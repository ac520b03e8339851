import { parseConnectionStringPairs } from './connection-string-grammar.ts';
import { parseDataSource, type SqlServerAddress } from './data-source.ts';
import { ConnectionStringError, type ConnectionStringProblem } from './errors.ts';
import { given } from './given.ts';
import { nearMiss } from './near-miss.ts';
import { Secret } from './secret.ts';
import { type SqlSetting, sqlKeywords, sqlSettingOf } from './sql-connection-keywords.ts';

/** Who connects. */
export type SqlLogin =
  | { readonly kind: 'sql'; readonly user: string; readonly password: Secret }
  /** The Windows or Kerberos account that the process runs as. */
  | { readonly kind: 'integrated' }
  /** Microsoft Entra; `method` without blanks and in lower case, for example `activedirectorymanagedidentity`. */
  | { readonly kind: 'entra'; readonly method: string; readonly user?: string; readonly password?: Secret };

/** `mandatory`: TLS. `strict`: TDS 8, TLS before anything else. `optional`: only if the server insists. */
export type SqlEncryption = 'mandatory' | 'optional' | 'strict';

/** What an ADO.NET connection string for SQL Server says, with SqlClient's defaults filled in. */
export interface SqlConnectionSettings {
  readonly server: SqlServerAddress;
  readonly database?: string;
  readonly login: SqlLogin;
  readonly encrypt: SqlEncryption;
  readonly trustServerCertificate: boolean;
  readonly hostNameInCertificate?: string;
  /** Path of the one certificate to accept. */
  readonly serverCertificate?: string;
  readonly multiSubnetFailover: boolean;
  readonly readOnlyIntent: boolean;
  /** 0: no limit. */
  readonly connectTimeoutSeconds: number;
  /** 0: no limit. */
  readonly commandTimeoutSeconds: number;
  readonly applicationName?: string;
  readonly packetSize?: number;
  readonly workstationId?: string;
  readonly maxPoolSize?: number;
  readonly minPoolSize?: number;
}

/**
 * Parses an ADO.NET connection string for SQL Server by SqlClient's rules: synonyms, any case, the last of several
 * wins, an empty value means the default. Booleans, numbers and words are checked strictly, unknown keywords refused.
 *
 * @throws ConnectionStringError with every problem; no value that may be a secret is repeated in it
 */
export function parseSqlConnectionString(text: string): SqlConnectionSettings {
  const problems: ConnectionStringProblem[] = [];
  const reader = new SettingReader(collect(text, problems), problems);
  const settings = readSettings(reader);
  if (problems.length > 0 || settings === undefined) throw new ConnectionStringError(problems);
  return settings;
}

interface Written {
  readonly keyword: string;
  readonly value: string;
}

function collect(text: string, problems: ConnectionStringProblem[]): Map<SqlSetting, Written> {
  const written = new Map<SqlSetting, Written>();
  for (const { keyword, value, position, isQuoted } of parseConnectionStringPairs(text)) {
    const setting = sqlSettingOf(keyword);
    if (setting === undefined) {
      if (problems.length < mostUnknown) problems.push({ message: unknownKeyword(keyword, position) });
      continue;
    }
    if (value === '') written.delete(setting);
    else written.set(setting, { keyword, value });
    if (!isQuoted && setting !== 'password' && /(?:^|[^a-z])(?:password|pwd)\s*=/i.test(value)) {
      problems.push({ keyword, message: `the value of "${keyword}" has a password in it: is there a ";" missing?` });
    }
  }
  return written;
}

/** More wouldn't help a reader. */
const mostUnknown = 20;

/** Never names the keyword as it is written: it may be the end of a password with a semicolon in it. */
function unknownKeyword(keyword: string, position: number): string {
  const what = `what stands at position ${position} before the "=" is not a keyword of SQL Server connection strings`;
  const meant = nearMiss(keyword, Object.values(sqlKeywords).flat());
  return meant === undefined
    ? `${what}; a value that holds ";" is written in quotes`
    : `${what}; did you mean "${meant}"?`;
}

function readSettings(reader: SettingReader): SqlConnectionSettings | undefined {
  const server = readServer(reader);
  const login = readLogin(reader);
  const settings = {
    encrypt:
      reader.word<SqlEncryption>('encrypt', encryptWords, 'Mandatory (True), Optional (False) or Strict') ??
      'mandatory',
    trustServerCertificate: reader.boolean('trustServerCertificate') ?? false,
    multiSubnetFailover: reader.boolean('multiSubnetFailover') ?? false,
    readOnlyIntent:
      reader.word('applicationIntent', { readonly: true, readwrite: false }, 'ReadWrite or ReadOnly') ?? false,
    connectTimeoutSeconds: reader.integer('connectTimeout', 0, 2_147_483) ?? 15,
    commandTimeoutSeconds: reader.integer('commandTimeout', 0, 2_147_483) ?? 30,
    ...given('database', reader.text('database')),
    ...given('hostNameInCertificate', reader.text('hostNameInCertificate')),
    ...given('serverCertificate', reader.text('serverCertificate')),
    ...given('applicationName', reader.text('applicationName', 128)),
    ...given('packetSize', reader.integer('packetSize', 512, 32_768)),
    ...given('workstationId', reader.text('workstationId', 128)),
    ...given('maxPoolSize', reader.integer('maxPoolSize', 1, 32_767)),
    ...given('minPoolSize', reader.integer('minPoolSize', 0, 32_767)),
  };
  if (settings.minPoolSize !== undefined && settings.minPoolSize > (settings.maxPoolSize ?? 100)) {
    reader.complain('minPoolSize', 'is larger than Max Pool Size');
  }
  return server === undefined || login === undefined ? undefined : { server, login, ...settings };
}

function readServer(reader: SettingReader): SqlServerAddress | undefined {
  const text = reader.text('server');
  if (text === undefined) {
    reader.add({ message: 'Server (or Data Source) is missing' });
    return undefined;
  }
  const address = parseDataSource(text);
  if (typeof address !== 'string') return address;
  reader.add({ keyword: 'Server', message: address });
  return undefined;
}

function readLogin(reader: SettingReader): SqlLogin | undefined {
  const integrated = reader.word('integratedSecurity', integratedWords, 'True, False or SSPI') ?? false;
  const method = reader.text('authentication')?.replace(/\s/g, '').toLowerCase();
  const user = reader.text('user');
  const passwordText = reader.text('password');
  const password = passwordText === undefined ? undefined : new Secret(passwordText);
  if (integrated && method !== undefined) {
    reader.complain('authentication', "can't be combined with Integrated Security");
    return undefined;
  }
  // With both, SqlClient uses the Windows account and ignores user and password.
  if (integrated) return { kind: 'integrated' };
  if (method !== undefined && method !== 'sqlpassword') return readEntra(reader, method, user, password);
  if (user === undefined || password === undefined) {
    const missing = [user === undefined ? 'User Id' : '', password === undefined ? 'Password' : ''].filter(Boolean);
    reader.add({
      message: `${missing.join(' and ')} missing: give User Id and Password, or Integrated Security=True, or Authentication`,
    });
    return undefined;
  }
  return { kind: 'sql', user, password };
}

function readEntra(
  reader: SettingReader,
  method: string,
  user: string | undefined,
  password: Secret | undefined,
): SqlLogin | undefined {
  if (!entraMethods.has(method)) {
    reader.complain(
      'authentication',
      'is not a known method; expected Sql Password, Active Directory Managed Identity, Active Directory Default, Active Directory Service Principal, ...',
    );
    return undefined;
  }
  if (password !== undefined && /managedidentity|msi|default|integrated/.test(method)) {
    reader.complain('password', 'must not be given with this Authentication');
    return undefined;
  }
  return { kind: 'entra', method, ...given('user', user), ...given('password', password) };
}

const encryptWords = {
  mandatory: 'mandatory',
  true: 'mandatory',
  yes: 'mandatory',
  optional: 'optional',
  false: 'optional',
  no: 'optional',
  strict: 'strict',
} as const;

const integratedWords = { true: true, yes: true, sspi: true, false: false, no: false } as const;
const booleanWords = { true: true, yes: true, false: false, no: false } as const;

const entraMethods: ReadonlySet<string> = new Set([
  'activedirectorypassword',
  'activedirectoryintegrated',
  'activedirectoryinteractive',
  'activedirectoryserviceprincipal',
  'activedirectorydevicecodeflow',
  'activedirectorymanagedidentity',
  'activedirectorymsi',
  'activedirectorydefault',
  'activedirectoryworkloadidentity',
]);

/** Reads single settings and notes what is wrong with them, without repeating values: one might be a misplaced secret. */
class SettingReader {
  readonly #written: ReadonlyMap<SqlSetting, Written>;
  readonly #problems: ConnectionStringProblem[];

  constructor(written: ReadonlyMap<SqlSetting, Written>, problems: ConnectionStringProblem[]) {
    this.#written = written;
    this.#problems = problems;
  }

  add(problem: ConnectionStringProblem): void {
    this.#problems.push(problem);
  }

  complain(setting: SqlSetting, what: string): undefined {
    const keyword = this.#written.get(setting)?.keyword ?? sqlKeywords[setting][0];
    this.add({ keyword, message: `"${keyword}" ${what}` });
  }

  text(setting: SqlSetting, maxLength?: number): string | undefined {
    const value = this.#written.get(setting)?.value;
    if (value === undefined || maxLength === undefined || value.length <= maxLength) return value;
    return this.complain(setting, `is longer than ${maxLength} characters`);
  }

  word<T>(setting: SqlSetting, words: Readonly<Record<string, T>>, expected: string): T | undefined {
    const value = this.text(setting)?.trim().toLowerCase();
    if (value === undefined) return undefined;
    return Object.hasOwn(words, value) ? words[value] : this.complain(setting, `must be ${expected}`);
  }

  boolean(setting: SqlSetting): boolean | undefined {
    return this.word<boolean>(setting, booleanWords, 'True or False');
  }

  integer(setting: SqlSetting, least: number, most: number): number | undefined {
    const value = this.text(setting)?.trim();
    if (value === undefined) return undefined;
    const number = /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= least && number <= most) return number;
    return this.complain(setting, `must be a whole number from ${least} to ${most}`);
  }
}
