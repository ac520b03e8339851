import { DeployError } from '../../errors.ts';
import { serverStatePermission } from '../../server-state.ts';
import type { OlderOutcomes } from './older-outcomes.ts';
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
      `Take a login with ${serverStatePermission}.`,
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
      'Replace or stop the older workers. For a program that is not part of Hartonomous and does not use what is removed: --allow-program NAME.',
    );
    this.sessions = sessions;
  }
}

/** Thrown when an older worker has worked lately, connected or not. Nothing was changed. */
export class OlderOutcomesError extends DeployError {
  readonly code = 'OLDER_OUTCOMES';
  readonly outcomes: OlderOutcomes;
  constructor(database: string, outcomes: OlderOutcomes) {
    super(
      `An older worker uses the database ${database}, or did until lately. Nothing was changed: ${describeOutcomes(outcomes)}.`,
      'Replace it, make sure that nothing starts the older one again, and try again when that time has passed. Where you know that none is left: --quiet 0.',
    );
    this.outcomes = outcomes;
  }
}

/** What older workers have done, for people, without a full stop. */
export function describeOutcomes({ outcomes, lastAt, minutes }: OlderOutcomes): string {
  const count = outcomes === 1 ? '1 outcome' : `${outcomes} outcomes`;
  return (
    `${count} of the last ${minutes} minutes in dbo.Neo4jSyncLog, the last at ${lastAt.toISOString()}, by a worker that ` +
    'does not report itself to dbo.WorkerInstance'
  );
}

/** One line about a session, for people. */
export function describeSession({ program, host, login, schema, sessions }: SeenSession): string {
  const known = schema === null ? '' : `, knows migrations up to ${schema}`;
  const count = sessions === 1 ? '' : `, ${sessions} sessions`;
  return `${program === '' ? '(no name)' : program} on ${host === '' ? 'an unknown machine' : host} as ${login}${known}${count}`;
}
