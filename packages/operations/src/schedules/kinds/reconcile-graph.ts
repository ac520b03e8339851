import { setTimeout as delay } from 'node:timers/promises';
import { entities } from '@hartonomous/provenance-schema';
import { muchDeleted } from '../../reconcile/much-deleted.ts';
import { type EntityReconciliation, type Reconciliation, reconcile } from '../../reconcile/reconcile.ts';
import type { ScheduleResult } from '../schedule-lease.ts';
import type { ScheduleParameters } from '../schedule-parameters.ts';
import { done, failed, type ScheduleWork } from './schedule-work.ts';

/** Differences that are kept to compare two runs; more are all called different. */
const mostKept = 100_000;

/** Compares tables and graph, and, if requested, has the worker sync again what differs. */
export async function reconcileGraph(work: ScheduleWork<ScheduleParameters<'RECONCILE'>>): Promise<ScheduleResult> {
  const { repair, settleSeconds } = work.parameters;
  const first = await look(work, false);
  const isBehind = first.reconciliation.sequence.state === 'behind';
  if (isBehind) return failed(0, 'SEQUENCE_BEHIND: nothing can be repaired. See: hartonomous reconcile');
  if (differing(first.reconciliation.entities) === 0) return done(0, rowsText(first.reconciliation));
  if (repair) {
    const much = muchDeleted(first.reconciliation.entities);
    if (much.length > 0) {
      return failed(
        0,
        `Nothing was repaired: it would delete from the graph ${much.join(', ')}, which takes a person. Run: hartonomous reconcile --repair`,
      );
    }
    const { entities: repaired } = (await look(work, true)).reconciliation;
    const enqueued = repaired.reduce((sum, entity) => sum + entity.enqueued, 0);
    const left = differing(repaired) - enqueued;
    const text = `${differencesText(repaired)}; enqueued ${enqueued} for the worker.`;
    return left === 0 ? done(enqueued, text) : failed(enqueued, `${text} Left as they are: ${left}.`);
  }
  // A change in transit differs only in the first comparison.
  await delay(1_000 * settleSeconds, undefined, { signal: work.signal });
  const second = await look(work, false);
  const isCounted = first.differ.size < mostKept && second.differ.size < mostKept;
  const both = isCounted ? [...second.differ].filter((key) => first.differ.has(key)) : [];
  if (isCounted && both.length === 0) {
    return done(
      0,
      `${rowsText(second.reconciliation)} What differed was in transit: it was equal ${settleSeconds} s later.`,
    );
  }
  const examples = both.slice(0, 5).join(', ');
  return failed(
    0,
    `${differencesText(second.reconciliation.entities)}${examples === '' ? '' : `; for example, both times, ${examples}`}. ` +
      'To have the worker sync them anew: hartonomous reconcile --repair',
  );
}

/** One comparison, with what differs as `Entity id`. */
async function look(
  { database, graph, parameters: { deep }, signal }: ScheduleWork<ScheduleParameters<'RECONCILE'>>,
  repair: boolean,
): Promise<{ readonly reconciliation: Reconciliation; readonly differ: ReadonlySet<string> }> {
  if (graph === undefined) throw new TypeError('Without a graph, no schedule of this kind is claimed.');
  const differ = new Set<string>();
  const reconciliation = await reconcile({
    ...{ database, graph, entities, repair, deep, signal },
    onDrift: (name, { entityId }) => {
      if (differ.size < mostKept) differ.add(`${name} ${entityId}`);
    },
  });
  return { reconciliation, differ };
}

function differing(compared: readonly EntityReconciliation[]): number {
  return compared.reduce((sum, { missing, extra, different }) => sum + missing + extra + different, 0);
}

function rowsText({ entities: compared }: Reconciliation): string {
  const rows = compared.reduce((sum, { sqlRows }) => sum + sqlRows, 0);
  return `The graph equals SQL: rows compared: ${rows}, of ${compared.length} ${compared.length === 1 ? 'kind' : 'kinds'}.`;
}

function differencesText(compared: readonly EntityReconciliation[]): string {
  return compared
    .filter(({ missing, extra, different }) => missing + extra + different > 0)
    .map(
      ({ entity, missing, extra, different }) =>
        `${entity}: ${missing} missing, ${extra} extra, ${different} different`,
    )
    .join('; ');
}
