import { setTimeout } from 'node:timers/promises';
import type { SqlSession } from '@hartonomous/broker-client';
import { schemaOfProgram } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import { seesServerState } from '../../server-state.ts';
import { SessionsNotSeenError } from './errors.ts';
import type { SeenSession } from './seen-session.ts';

/** How to look for sessions. */
export interface WatchOptions {
  /** Programs that know of fewer migrations are older. */
  readonly schema: number;
  /** Application names that are known to be no older program. */
  readonly allowed: readonly string[];
  /** For how long to look. A worker that has lost its connection is seen once it has a new one. */
  readonly watchMs: number;
  readonly signal: AbortSignal | undefined;
}

const sessionRow = z.object({
  program: z.string().nullable(),
  host: z.string().nullable(),
  login: z.string(),
  sessions: z.coerce.number(),
});

/** Between two checks. Too long: a session that comes and goes is missed; too short: the checks are a load. */
const lookEveryMs = 1_000;

/**
 * Sessions of the connection's database, other than its own, of programs that are older or whose name says nothing. What is seen
 * in any of the checks counts.
 *
 * @throws SessionsNotSeenError when the login may not see others' sessions
 */
export async function olderSessions(
  connection: SqlSession,
  database: string,
  { schema, allowed, watchMs, signal }: WatchOptions,
): Promise<readonly SeenSession[]> {
  if (!(await seesServerState(connection, signal, 'asking whether sessions can be seen'))) {
    throw new SessionsNotSeenError(database);
  }
  const seen = new Map<string, SeenSession>();
  // By the clock that only goes forward: one that is set amid the watch must not make it shorter.
  const end = performance.now() + watchMs;
  for (;;) {
    for (const session of await look(connection, signal)) {
      const isKnown = session.schema === null ? allowed.includes(session.program) : session.schema >= schema;
      if (isKnown) continue;
      const key = JSON.stringify([session.program, session.host, session.login]);
      const sessions = Math.max(session.sessions, seen.get(key)?.sessions ?? 0);
      seen.set(key, { ...session, sessions });
    }
    const rest = end - performance.now();
    if (rest <= 0) return [...seen.values()];
    await setTimeout(Math.min(rest, lookEveryMs), undefined, { signal });
  }
}

async function look(connection: SqlSession, signal: AbortSignal | undefined): Promise<readonly SeenSession[]> {
  const rows = await connection.query(
    `SELECT s.[program_name] AS [program], s.[host_name] AS [host], s.[login_name] AS [login], COUNT(*) AS [sessions]
     FROM sys.dm_exec_sessions AS s
     WHERE s.[is_user_process] = 1 AND s.[database_id] = DB_ID() AND s.[session_id] <> @@SPID
     GROUP BY s.[program_name], s.[host_name], s.[login_name]
     ORDER BY s.[program_name], s.[host_name], s.[login_name];`,
    {},
    sessionRow,
    { signal, context: { operation: 'looking for sessions of older programs' } },
  );
  return rows.map(({ program, host, login, sessions }) => {
    const name = program?.trim() ?? '';
    return { program: name, host: host?.trim() ?? '', login, sessions, schema: schemaOfProgram(name) };
  });
}
