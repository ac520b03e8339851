import type { NothingSeen, WatchedQueue, WorkSeen } from '@hartonomous/operations';
import { printable } from '../lineage/printable.ts';
import { textTable } from '../lineage/text-table.ts';
import { numberText, rateText, shortDuration } from './figures.ts';

/** What stands above the figures. */
export interface WatchTitle {
  /** What is watched, for example `Hartonomous on localhost`. */
  readonly title: string;
  readonly intervalMs: number;
}

/** Characters of names, so that a row fits into 80 columns. */
const longestInstance = 21;
const longestVersion = 13;
/** Characters of a line of explanation; longer ones go on in `queue status`. */
const longestText = 300;

/** A look as the lines of a screen of 80 columns; the lines of explanation at its end are longer and are folded. */
export function watchScreen(seen: WorkSeen | NothingSeen, { title, intervalMs }: WatchTitle): readonly string[] {
  const time = seen.seenAt.toISOString().slice(11, 19);
  const head = `${printable(title, 40)}  ${time} UTC, every ${intervalMs / 1_000} s; Ctrl-C ends`;
  if ('failure' in seen) {
    const { code, message } = seen.failure;
    return [head, '', ...folded(`✗ ${code}: ${message}`), '', 'Nothing is seen until it answers again.'];
  }
  const { queues, windowSeconds, lookMs } = seen;
  const queueHead = ['QUEUE', 'STATE', 'DEPTH', 'OLDEST', 'RATE', 'ERRORS', 'RETRY', 'DEAD', 'UNDELIV'];
  return [
    head,
    `Rates and errors of the last ${windowSeconds} s; the sample took ${lookMs} ms.`,
    '',
    ...textTable(queueHead, queues.map(queueRow)),
    '',
    ...workerLines(queues),
    '',
    ...lagLines(seen),
    ...remarks(seen),
  ];
}

function queueRow(queue: WatchedQueue): string[] {
  const { name, isOn, pauses, messages, oldestAgeMs, perSecond, errors, retries, pendingDeadLetters, undelivered } =
    queue;
  const state = isOn === null ? '-' : isOn ? (pauses?.length ? 'PAUSED' : 'on') : 'OFF';
  const oldest = messages === 0 && retries === 0 ? '' : shortDuration(oldestAgeMs);
  const figures = [errors, retries, pendingDeadLetters, undelivered].map(numberText);
  return [name, state, numberText(messages), oldest, rateText(perSecond), ...figures];
}

function workerLines(queues: readonly WatchedQueue[]): string[] {
  const rows = queues.flatMap(({ name, workers }) =>
    (workers ?? []).map(({ instance, version, state, seenMsAgo, perSecond, errors }) => [
      name,
      endOf(instance),
      printable(version.replace(/ \((\w{7})\w*\)$/, ' $1'), longestVersion),
      state.toLowerCase(),
      shortDuration(seenMsAgo),
      rateText(perSecond),
      numberText(errors),
    ]),
  );
  if (rows.length > 0) return textTable(['QUEUE', 'WORKER', 'VERSION', 'STATE', 'SEEN', 'RATE', 'ERRORS'], rows);
  const isKnown = queues.some(({ workers }) => workers !== null);
  return [isKnown ? 'No worker was seen within the last minute.' : 'Workers are not seen.'];
}

/** Of a long name the end, where the number of the process is. */
function endOf(instance: string): string {
  const name = printable(instance, 200);
  return name.length > longestInstance ? `…${name.slice(1 - longestInstance)}` : name;
}

function lagLines({ syncLag }: WorkSeen): string[] {
  if (syncLag === null) return ['Lag to the graph: not seen.'];
  const { changes, minutes, p50Ms, p95Ms, p99Ms } = syncLag;
  if (changes === 0) return [`Lag to the graph: no change in the last ${minutes} minutes.`];
  const [p50, p95, p99] = [p50Ms, p95Ms, p99Ms].map(shortDuration);
  return [`Lag to the graph, last ${minutes} minutes: p50 ${p50}, p95 ${p95}, p99 ${p99} (${changes} changes)`];
}

function remarks({ queues, unseen }: WorkSeen): string[] {
  // What is about the whole database comes with each queue.
  const problems = new Map(queues.flatMap((queue) => queue.problems).map((each) => [each.message, each.action]));
  const reasons = new Map<string, string[]>();
  for (const { what, reason } of unseen) reasons.set(reason, [...(reasons.get(reason) ?? []), what]);
  const lines = [
    ...Array.from(problems, ([message, action]) => `✗ ${message} ${action}`),
    ...Array.from(reasons, ([reason, whats]) => `! not seen: ${whats.join('; ')}: ${reason}`),
  ];
  return lines.length === 0 ? [] : ['', ...lines.flatMap(folded)];
}

/** Lines of at most 80 columns. */
function folded(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of printable(text, longestText).split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= 80) line = longer;
    else {
      lines.push(line);
      line = `  ${word}`;
    }
  }
  return [...lines, line];
}
