import { workerQueues } from '@hartonomous/provenance-schema';
import { redactText } from '@hartonomous/redaction';
import { z } from 'zod';
import { applyFixes, type PlannedFix, planFixes } from '../../doctor/apply-fixes.ts';
import { diagnose } from '../../doctor/diagnose.ts';
import { examineDatabase } from '../../doctor/examine-database.ts';
import { examineGraph } from '../../doctor/examine-graph.ts';
import type { Finding } from '../../doctor/finding.ts';
import { queuePauses } from '../../queues/queue-pauses.ts';
import type { ScheduleResult } from '../schedule-lease.ts';
import type { ScheduleParameters } from '../schedule-parameters.ts';
import { done, failed, type ScheduleWork } from './schedule-work.ts';

type Work = ScheduleWork<ScheduleParameters<'SELF_REPAIR'>>;

const journalSchema = z.object({
  fixes: z.array(
    z.object({
      text: z.string(),
      findings: z.array(z.string()),
      state: z.enum(['begun', 'done', 'failed']),
      reason: z.string().nullable(),
    }),
  ),
});

/** A fix as the journal has it. */
type JournaledFix = z.output<typeof journalSchema>['fixes'][number];

/** Findings in a summary; the journal has all. */
const shownFindings = 5;

/**
 * Observes (the diagnosis of `hartonomous doctor`), orients (is somebody at work?), decides (which safe fixes, and was one of them made
 * already?) and acts: one fix after another, each in the journal before it is made. A fix that was made within the last day isn't made
 * again: what comes back has a cause that a person must find.
 */
export async function selfRepair(work: Work): Promise<ScheduleResult> {
  const atWork = await pausedQueues(work);
  if (atWork.length > 0) {
    const summary = `Nothing was looked at: ${atWork.join(' ')} Somebody is at work there.`;
    return { outcome: 'SKIPPED', changes: 0, summary };
  }
  const found = await examine(work);
  const planned = planFixes(found);
  const recent = await fixesOfLastDay(work);
  const { maxFixes, deploy } = work.parameters;
  const isAllowed = ({ fix }: PlannedFix) => fix.kind !== 'deploy-database' || deploy;
  const chosen = planned.filter((each) => isAllowed(each) && !recent.has(each.text)).slice(0, maxFixes);
  const leftOut = planned.filter((each) => !chosen.includes(each));
  const journal = {
    found: found
      .filter(({ state }) => state !== 'ok')
      .map(({ id, state, message }) => ({ id, state, message: redactText(message) })),
    leftOut: leftOut.map((each) => ({ text: each.text, why: whyLeftOut(each, recent, work.parameters) })),
  };
  const fixes = await makeFixes(work, chosen, journal);
  const after = chosen.length === 0 ? found : await examine(work);
  const whole = { ...journal, fixes, problemsAfter: problemsOf(after).map(({ id }) => id) };
  const changed = fixes.filter(({ state }) => state === 'done').length;
  const isWell = problemsOf(after).length === 0 && fixes.every(({ state }) => state === 'done');
  return isWell ? done(changed, summaryOf(fixes, after), whole) : failed(changed, summaryOf(fixes, after), whole);
}

async function examine({ database, graph, signal }: Work): Promise<readonly Finding[]> {
  const { subjects } = await diagnose(
    [
      { subject: 'database', target: '', findings: examineDatabase(database, signal), advice: '' },
      ...(graph === undefined
        ? []
        : [{ subject: 'graph' as const, target: '', findings: examineGraph(graph, database, signal), advice: '' }]),
    ],
    { onSubject: () => undefined, onFinding: () => undefined },
  );
  return subjects.flatMap(({ findings }) => findings);
}

async function pausedQueues({ client, signal }: Work): Promise<readonly string[]> {
  const sentences: string[] = [];
  for (const queue of workerQueues) {
    for (const { owner, reason } of await queuePauses(client, queue, signal)) {
      sentences.push(`${queue.queue} is paused by ${owner}: ${reason}.`);
    }
  }
  return sentences;
}

/** Texts of fixes that any self-repair has begun within a day. */
async function fixesOfLastDay({ client, signal }: Work): Promise<ReadonlySet<string>> {
  const rows = await client.query(
    `SELECT r.[Journal] AS [journal] FROM [dbo].[ScheduleRun] AS r
     WHERE r.[Kind] = N'SELF_REPAIR' AND r.[StartedAt] > DATEADD(DAY, -1, SYSUTCDATETIME()) AND r.[Journal] IS NOT NULL;`,
    {},
    z.object({ journal: z.string() }),
    { signal, context: { operation: 'reading what was repaired within the last day' } },
  );
  return new Set(rows.flatMap(({ journal }) => journaledFixes(JSON.parse(journal)).map(({ text }) => text)));
}

/** None where nothing was written yet. */
function journaledFixes(journal: unknown): readonly JournaledFix[] {
  return journalSchema.safeParse(journal).data?.fixes ?? [];
}

function whyLeftOut(
  { fix, text }: PlannedFix,
  recent: ReadonlySet<string>,
  { maxFixes, deploy }: ScheduleParameters<'SELF_REPAIR'>,
): string {
  if (recent.has(text)) return 'It was already applied within the last day; its cause is still there or has come back.';
  if (fix.kind === 'deploy-database' && !deploy) return 'The schedule does not allow deployments (parameter deploy).';
  return `One run makes ${maxFixes} fixes at most.`;
}

async function makeFixes(
  { database, graph, note, earlier, signal }: Work,
  chosen: readonly PlannedFix[],
  journal: object,
): Promise<readonly JournaledFix[]> {
  const fixes: JournaledFix[] = [...journaledFixes(earlier)];
  for (const planned of chosen) {
    const { text, findings } = planned;
    const entry = { text, findings: [...findings] };
    // Begun counts as made: who takes over after a crash in between doesn't make it a second time.
    await note({ ...journal, fixes: [...fixes, { ...entry, state: 'begun', reason: null }] });
    for await (const { failure } of applyFixes([planned], { database, graph }, signal)) {
      const reason = failure === null ? null : `${failure.code}: ${failure.message}`;
      fixes.push({ ...entry, state: failure === null ? 'done' : 'failed', reason });
    }
    await note({ ...journal, fixes });
  }
  return fixes;
}

function problemsOf(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ state }) => state === 'problem');
}

function summaryOf(fixes: readonly JournaledFix[], after: readonly Finding[]): string {
  const made = fixes.map(({ text, state, reason }) => `${state}: ${text}${reason === null ? '' : ` (${reason})`}`);
  const problems = problemsOf(after);
  const unseen = after.filter(({ state }) => state === 'unseen').length;
  const ids = problems.slice(0, shownFindings).map(({ id }) => id);
  const more = problems.length > ids.length ? ` and ${problems.length - ids.length} more` : '';
  return [
    made.length === 0 ? 'Nothing was changed.' : `${made.join(' ')}`,
    problems.length === 0
      ? 'No problem is left.'
      : `Problems that are left: ${ids.join(', ')}${more}. See: hartonomous doctor`,
    ...(unseen === 0 ? [] : [`Not seen by this login: ${unseen}.`]),
  ].join(' ');
}
