import type { NothingSeen, WatchedQueue, WorkSeen } from '@hartonomous/operations';
import { numberText, rateText, shortDuration } from './figures.ts';

/** A look in one line, for files and pipes. */
export function watchLine(seen: WorkSeen | NothingSeen): string {
  const time = seen.seenAt.toISOString();
  if ('failure' in seen) return `${time} ${seen.failure.code}: ${seen.failure.message}`;
  const { queues, syncLag, unseen } = seen;
  const parts = queues.map(queueText);
  const problems = new Set(queues.flatMap((queue) => queue.problems.map(({ message }) => message)));
  return [
    `${time} ${parts[0] ?? ''}`,
    ...parts.slice(1),
    lagText(syncLag),
    ...(problems.size === 0 ? [] : [`problems: ${[...problems].join(' ')}`]),
    ...(unseen.length === 0 ? [] : [`not seen: ${unseen.map(({ what }) => what.replace(', ', ' ')).join(', ')}`]),
  ].join('; ');
}

function queueText({
  name,
  messages,
  oldestAgeMs,
  perSecond,
  errors,
  pendingDeadLetters,
  ...rest
}: WatchedQueue): string {
  const { isOn, pauses, workers } = rest;
  const state = isOn === null ? 'state=-' : isOn ? (pauses?.length ? 'PAUSED' : 'on') : 'OFF';
  const figures = [
    `depth=${numberText(messages)}`,
    `oldest=${messages === 0 && oldestAgeMs === null ? 'none' : shortDuration(oldestAgeMs)}`,
    ...(pendingDeadLetters === null && workers === null && perSecond === null
      ? []
      : [`rate=${rateText(perSecond)}`, `errors=${numberText(errors)}`, `dead=${numberText(pendingDeadLetters)}`]),
  ];
  return [name, state, ...figures].join(' ');
}

function lagText(lag: WorkSeen['syncLag']): string {
  if (lag === null) return 'lag=-';
  if (lag.changes === 0) return `lag: no change in ${lag.minutes} min`;
  const [p50, p95, p99] = [lag.p50Ms, lag.p95Ms, lag.p99Ms].map(shortDuration);
  return `lag p50=${p50} p95=${p95} p99=${p99}`;
}
