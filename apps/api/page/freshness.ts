import { type Queues, read } from './api.ts';
import { element } from './dom.ts';
import { age, counted } from './words.ts';

/** A line that says by how much the graph is behind SQL; on every page that shows the graph. */
export function freshnessLine(signal: AbortSignal): HTMLElement {
  const line = element('p', { class: 'soft', 'data-freshness': '' }, 'Checking how fresh the graph is...');
  void read<Queues>('v1/queues', signal).then(
    (seen) => line.replaceChildren(freshness(seen)),
    (error: unknown) => {
      if (!signal.aborted) line.replaceChildren(`How fresh the graph is can't be seen: ${String(error)}`);
    },
  );
  return line;
}

function freshness({ queues, syncLag }: Queues): string {
  const sync = queues.find(({ name }) => name === 'sync');
  if (sync === undefined || sync.messages === null) return "How far the graph is behind SQL can't be seen.";
  const waiting =
    sync.messages === 0
      ? 'The graph has every change that was enqueued.'
      : `${counted(sync.messages, 'change waits', 'changes wait')} for the graph, the oldest for ${age(sync.oldestAgeMs)}.`;
  const failed = sync.pendingDeadLetters ?? 0;
  const usual = syncLag.p95Ms === null ? '' : ` 95 % of the latest changes took at most ${age(syncLag.p95Ms)}.`;
  return failed === 0
    ? `${waiting}${usual}`
    : `${waiting}${usual} ${counted(failed, 'change')} failed: see dead letters.`;
}
