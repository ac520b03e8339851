import type { SqlConnectionSettings } from '@hartonomous/config-loader';
import { type GraphConnectionOptions, verifyGraphSchema } from '@hartonomous/graph-sync';
import { type FencingState, fencingSequence, graphSchema } from '@hartonomous/provenance-schema';
import { readDatabaseSettings } from '../database/database-settings.ts';
import { databaseState } from '../database/database-state.ts';
import { parsedConnection } from '../database/deploy-database.ts';
import { requireSupportedServer } from '../database/engine-edition.ts';
import { type SettingFact, settingFacts } from '../database/setting-facts.ts';
import { DatabaseNameMissingError } from '../errors.ts';
import { type Failure, failureOf } from '../failure.ts';
import { gravest, type Outcome } from '../outcome.ts';
import { compareSequenceOf } from '../sequence/compare-sequence.ts';
import { openGraph } from '../servers/graph.ts';
import { openSqlServer } from '../servers/sql-server.ts';
import { brokerObjectChecks } from './broker-checks.ts';
import { type Check, failed, passed } from './check.ts';
import { graphChecks, graphNotes } from './graph-checks.ts';
import { objectChecks } from './object-checks.ts';
import { checkQueues } from './queue-checks.ts';

/** What is verified: a server with what should be on it. */
export type VerificationSubject = 'database' | 'graph';

/** What happens during a verification. */
export type VerificationProgress =
  | { readonly type: 'subject'; readonly subject: VerificationSubject; readonly target: string }
  | { readonly type: 'check'; readonly subject: VerificationSubject; readonly check: Check }
  | { readonly type: 'figure'; readonly subject: VerificationSubject; readonly name: string; readonly value: number }
  | { readonly type: 'note'; readonly subject: VerificationSubject; readonly text: string }
  | { readonly type: 'failure'; readonly subject: VerificationSubject; readonly failure: Failure };

/** Options of {@link verifyDeployment}. A subject that isn't given isn't looked at. */
export interface VerificationOptions {
  /** A connection string for SQL Server that names a database. */
  readonly database?: string | SqlConnectionSettings;
  readonly graph?: GraphConnectionOptions;
  readonly onProgress?: (progress: VerificationProgress) => void;
  readonly signal?: AbortSignal;
}

/** What was found on one server. */
export interface SubjectVerification {
  readonly subject: VerificationSubject;
  readonly target: string;
  readonly checks: readonly Check[];
  /** What is there besides and does no harm. */
  readonly notes: readonly string[];
  /** Why the checks could not be made or not all of them; null when they could. */
  readonly failure: Failure | null;
}

/** What a verification found. */
export interface Verification {
  /** Whether every check was made and passed. */
  readonly ok: boolean;
  readonly outcome: Outcome;
  readonly subjects: readonly SubjectVerification[];
}

type Report = (progress: VerificationProgress) => void;

/**
 * Checks that database and graph are as they should be (runbook R3 and R5); changes nothing. A server that can't be
 * reached is part of the answer, so that the other one is checked all the same.
 *
 * @throws only what nobody expects, and the signal's reason
 */
export async function verifyDeployment(options: VerificationOptions): Promise<Verification> {
  const { database, graph, onProgress = () => undefined, signal = new AbortController().signal } = options;
  const subjects: SubjectVerification[] = [];
  if (database !== undefined) {
    subjects.push(await verifySubject('database', onProgress, (report) => verifyDatabase(database, report, signal)));
  }
  if (graph !== undefined) {
    subjects.push(await verifySubject('graph', onProgress, (report) => verifyGraph(graph, database, report, signal)));
  }
  const failures = subjects.flatMap(({ failure }) => (failure === null ? [] : [failure.kind]));
  const checksFail = subjects.some(({ checks }) => checks.some(({ ok }) => !ok));
  const outcome = gravest([...failures, checksFail ? 'failed' : 'ok']);
  return { ok: outcome === 'ok', outcome, subjects };
}

async function verifySubject(
  subject: VerificationSubject,
  onProgress: Report,
  verify: (report: Report) => Promise<void>,
): Promise<SubjectVerification> {
  const checks: Check[] = [];
  const notes: string[] = [];
  let target = '';
  let failure: Failure | null = null;
  const report: Report = (progress) => {
    if (progress.type === 'subject') target = progress.target;
    if (progress.type === 'check') checks.push(progress.check);
    if (progress.type === 'note') notes.push(progress.text);
    onProgress(progress);
  };
  try {
    await verify(report);
  } catch (error) {
    failure = failureOf(error) ?? null;
    if (failure === null) throw error;
    report({ type: 'failure', subject, failure });
  }
  return { subject, target, checks, notes, failure };
}

async function verifyDatabase(
  connection: string | SqlConnectionSettings,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const settings = parsedConnection(connection);
  const { database, server } = settings;
  if (database === undefined) throw new DatabaseNameMissingError();
  const subject = 'database';
  const check = (found: Check) => report({ type: 'check', subject, check: found });
  report({ type: 'subject', subject, target: `${database} on ${server.host}` });

  await using master = await openSqlServer(settings, { database: 'master', signal });
  await requireSupportedServer(master, signal);
  const state = await databaseState(master, database, signal);
  if (state === undefined) {
    check(failed('database', `database ${database} is missing`, 'Run: hartonomous database deploy'));
    return;
  }
  check(passed('database', `database ${database} is there`));
  await using target = await openSqlServer(settings, { singleSession: true, signal });
  for (const fact of settingFacts(await readDatabaseSettings(target, signal))) reportSetting(fact, report);
  const queueChecks = await checkQueues(target, signal);
  for (const found of queueChecks.ofDatabase) check(found);
  for await (const found of brokerObjectChecks(target, signal)) check(found);
  for (const found of queueChecks.ofQueues) check(found);
  for (const found of await objectChecks(target, signal)) check(found);
  for (const { queue, messages } of queueChecks.figures) {
    report({ type: 'figure', subject, name: `messages in ${queue}`, value: messages });
  }
}

/** What works and is only worth knowing is a note, no failed check. */
function reportSetting({ id, severity, message, action }: SettingFact, report: Report): void {
  const subject = 'database';
  if (severity === 'warning' || severity === 'unseen')
    report({ type: 'note', subject, text: [message, action].join(' ').trim() });
  else report({ type: 'check', subject, check: action === null ? passed(id, message) : failed(id, message, action) });
}

async function verifyGraph(
  options: GraphConnectionOptions,
  database: VerificationOptions['database'],
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const subject = 'graph';
  report({ type: 'subject', subject, target: `${options.database ?? 'neo4j'} at ${options.uri}` });
  await using connection = await openGraph(options, signal);
  report({
    type: 'check',
    subject,
    check: passed('graph.connection', `Neo4j ${connection.version} (${connection.edition}) answers`),
  });
  const schemaReport = await verifyGraphSchema(connection, graphSchema);
  for (const found of graphChecks(schemaReport)) report({ type: 'check', subject, check: found });
  if (database === undefined) {
    const text = `without the database, whether ${fencingSequence} is behind the graph is not checked`;
    report({ type: 'note', subject, text });
  } else {
    const found = await compareSequenceOf(connection, parsedConnection(database), signal);
    report({ type: 'check', subject, check: sequenceCheck(found) });
  }
  for (const text of graphNotes(schemaReport)) report({ type: 'note', subject, text });
}

function sequenceCheck(found: FencingState): Check {
  const id = 'graph.sequence';
  if (found.state === 'behind') return failed(id, `SEQUENCE_BEHIND: ${found.reason}`, found.action);
  if (found.state === 'unseen') return failed(id, found.reason, found.action);
  return passed(
    id,
    `${fencingSequence} is not behind the graph (at ${found.current}, written up to ${found.greatest})`,
  );
}
