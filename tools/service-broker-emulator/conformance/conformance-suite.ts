import { randomUUID } from 'node:crypto';
import { eventually } from '@hartonomous/test-support';
import { afterAll, beforeAll, describe, type TestContext, test } from 'vitest';
import { checkSentTexts } from './sent-texts.ts';
import { Session } from './session.ts';
import { openTargetServer, type TargetServer } from './target-server.ts';

/**
 * The objects that the cases speak of: types T (NONE), X (WELL_FORMED_XML), E (EMPTY), R (reply); contract C; services
 * I on QI and S on QS.
 */
const objects = `CREATE MESSAGE TYPE T VALIDATION = NONE;
CREATE MESSAGE TYPE X VALIDATION = WELL_FORMED_XML;
CREATE MESSAGE TYPE E VALIDATION = EMPTY;
CREATE MESSAGE TYPE R VALIDATION = NONE;
CREATE CONTRACT C (T SENT BY INITIATOR, X SENT BY INITIATOR, E SENT BY INITIATOR, R SENT BY TARGET);
CREATE QUEUE QI;
CREATE QUEUE QS;
CREATE SERVICE I ON QUEUE QI;
CREATE SERVICE S ON QUEUE QS (C);`;

/** A case's own database with the objects in it, its sessions, and the way to get rid of all that. */
class CaseDatabase implements AsyncDisposable {
  readonly name = `Conformance_${randomUUID().replaceAll('-', '')}`;
  readonly #server: TargetServer;
  readonly #administrator: Session;
  readonly #sessions: Session[] = [];
  readonly #copies: string[] = [];

  private constructor(server: TargetServer, administrator: Session) {
    this.#server = server;
    this.#administrator = administrator;
  }

  static async create(server: TargetServer): Promise<CaseDatabase> {
    const database = new CaseDatabase(server, await Session.open({ ...server.options, database: 'master' }));
    // SQL Server makes one database at a time (1807 for the others): cases run side by side.
    await eventually(() => database.#administrator.ok(`CREATE DATABASE ${database.name};`), {
      timeoutMs: 60_000,
      intervalMs: 200,
    });
    const session = await database.connect();
    await session.ok(
      `IF (SELECT is_broker_enabled FROM sys.databases WHERE name = DB_NAME()) = 0 ALTER DATABASE CURRENT SET ENABLE_BROKER WITH ROLLBACK IMMEDIATE;`,
    );
    await session.ok(objects);
    // Left open, it would be one more session that ALTER DATABASE waits for.
    await session.close();
    return database;
  }

  async connect(database = this.name): Promise<Session> {
    const session = await Session.open({ ...this.#server.options, database });
    this.#sessions.push(session);
    return session;
  }

  /** A copy of the database on the same server, and a session in it. */
  async copy(): Promise<Session> {
    const copy = `${this.name}_copy`;
    await this.#server.copyDatabase(this.name, copy);
    this.#copies.push(copy);
    return await this.connect(copy);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const session of this.#sessions) await session.close();
    // Ends what is left in the database: activated procedures, and connections that the server still closes.
    const alone = this.#server.isManagedInstance ? 'READ_COMMITTED_SNAPSHOT ON' : 'DISABLE_BROKER';
    for (const name of [...this.#copies, this.name]) {
      await this.#administrator.ok(`ALTER DATABASE ${name} SET ${alone} WITH ROLLBACK IMMEDIATE;`);
      await this.#administrator.ok(`DROP DATABASE ${name};`);
    }
    await this.#administrator.close();
  }
}

/** What a case is given: a session in a database of its own, and more sessions when it needs them. */
export interface Case {
  readonly a: Session;
  readonly b: Session;
  /** A further session in the same database. */
  readonly connect: () => Promise<Session>;
  /** A copy of the database on the same server, as BACKUP and RESTORE make one, and a session in it. */
  readonly copy: () => Promise<Session>;
}

/** Whether the cases that take half an hour are run as well. */
export const isLongForm = process.env.CONFORMANCE_FORM === 'long';

const timeout = isLongForm ? 40 * 60_000 : 60_000;

type CaseBody = (given: Case) => Promise<void>;

export interface Suite {
  /** Registers a case. The name begins with its number. */
  readonly conforms: (name: string, body: CaseBody) => void;
  /**
   * Registers a case whose outcome on SQL Server is known by practice or inference only. The emulator must pass it. A
   * SQL Server that answers otherwise is right: that is reported as an annotation and a skip with the difference.
   */
  readonly unverified: (name: string, body: CaseBody) => void;
  /** As `conforms`, but skipped on a Managed Instance, whose options of the broker can't be changed. */
  readonly conformsOffManagedInstance: (name: string, body: CaseBody) => void;
}

/** Runs cases of one subject, side by side, on the server that the environment names. */
export function conformanceSuite(subject: string, register: (suite: Suite) => void): void {
  let server: TargetServer;
  beforeAll(async () => {
    server = await openTargetServer();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const inOwnDatabase = async (body: CaseBody): Promise<void> => {
    await using database = await CaseDatabase.create(server);
    const [a, b] = [await database.connect(), await database.connect()];
    await body({ a, b, connect: () => database.connect(), copy: () => database.copy() });
  };
  const reportDifference = async (context: TestContext, error: unknown): Promise<never> => {
    if (!server.real) throw error;
    const difference = error instanceof Error ? error.message : String(error);
    await context.annotate(`This server answers otherwise: ${difference}`, 'warning');
    return context.skip(`this server answers otherwise: ${difference}`);
  };

  const verified = new Map<string, CaseBody>();
  const unverified = new Map<string, CaseBody>();
  const offManagedInstance = new Set<string>();
  register({
    conforms: (name, body) => verified.set(name, body),
    unverified: (name, body) => unverified.set(name, body),
    conformsOffManagedInstance: (name, body) => {
      offManagedInstance.add(name);
      verified.set(name, body);
    },
  });
  describe.concurrent(subject, { timeout }, () => {
    for (const [name, body] of verified) {
      test(name, (context) => {
        if (server.isManagedInstance && offManagedInstance.has(name)) {
          context.skip("options of the broker can't be changed on a Managed Instance");
        }
        return inOwnDatabase(body);
      });
    }
  });
  if (unverified.size > 0) {
    describe.concurrent(`${subject}, unverified`, { timeout }, () => {
      for (const [name, body] of unverified) {
        test(name, (context) => inOwnDatabase(body).catch((error: unknown) => reportDifference(context, error)));
      }
    });
  }
  checkSentTexts();
}
