import { DeployError } from '../../errors.ts';
import type { SeenSession } from './seen-session.ts';

/** Thrown when the database isn't as this version deploys it yet. Nothing was changed. */
export class DatabaseBehindError extends DeployError {
  readonly code = 'DATABASE_BEHIND';
  constructor(database: string, reason: string) {
    super(
      `The database ${database} is not as this version deploys it: ${reason}. Nothing was changed.`,
      'Run hartonomous database deploy first.',
    );
  }
}

/** Thrown when the login can't see who else uses the database. Nothing was changed. */
export class SessionsNotSeenError extends DeployError {
  readonly code = 'SESSIONS_NOT_SEEN';
  constructor(database: string) {
    super(
      `The login may not see other sessions of the server, so nobody knows whether older programs use the database ${database}. Nothing was changed.`,
      'Take a login with VIEW SERVER STATE (from SQL Server 2022 on, VIEW SERVER PERFORMANCE STATE is enough).',
    );
  }
}

/** Thrown when programs use the database that are older, or may be. Nothing was changed. */
export class OlderProgramsError extends DeployError {
  readonly code = 'OLDER_PROGRAMS';
  readonly sessions: readonly SeenSession[];
  constructor(database: string, sessions: readonly SeenSession[]) {
    super(
      `Programs use the database ${database} that are older than this version, or may be. Nothing was changed:\n${sessions.map((session) => `  - ${describeSession(session)}`).join('\n')}`,
      'Replace or stop the older workers. For a program that is none of Hartonomous and does not use what is taken away: --allow-program NAME.',
    );
    this.sessions = sessions;
  }
}

/** One line about a session, for people. */
export function describeSession({ program, host, login, schema, sessions }: SeenSession): string {
  const known = schema === null ? '' : `, knows migrations up to ${schema}`;
  const count = sessions === 1 ? '' : `, ${sessions} sessions`;
  return `${program === '' ? '(no name)' : program} on ${host === '' ? 'an unknown machine' : host} as ${login}${known}${count}`;
}
