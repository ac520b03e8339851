import type { HealthSubject } from './health-server.ts';
import type { ReadinessSource } from './readiness.ts';

/**
 * Milliseconds between two lines. Too short: a night's outage fills the log. Too long: who looks at the end of a log sees nothing, and
 * takes the worker for well.
 */
const remindEveryMs = 30_000;

/** What a source that isn't up has been, for the fields of a line. */
interface NotReady {
  readonly name: string;
  readonly state: 'down' | 'pending';
  readonly forSeconds: number;
  /** Since it was last found so; absent for sources that nobody tries. */
  readonly lastTriedSecondsAgo?: number;
  readonly reason?: string;
}

/**
 * Logs a line at intervals while a worker isn't ready: an outage is told once when it begins, and a log that then says nothing looks
 * like one of a worker that is well. What isn't ready on purpose is left out, and what has been so for less than an interval.
 *
 * @param intervalMs milliseconds @default 30000
 * @returns ends it
 */
export function remindWhileNotReady(
  { lifecycle, readiness }: Pick<HealthSubject, 'lifecycle' | 'readiness'>,
  logger: { warn(fields: object, text: string): void },
  intervalMs = remindEveryMs,
): Disposable {
  const timer = setInterval(() => {
    if (lifecycle.state !== 'starting' && lifecycle.state !== 'running') return;
    const notReady = Array.from(readiness, notReadyFor).filter((found) => found !== undefined);
    const seconds = Math.max(0, ...notReady.map(({ forSeconds }) => forSeconds));
    if (seconds * 1_000 < intervalMs) return;
    logger.warn({ notReady }, `Still not ready after ${Math.round(seconds)} s: ${notReady.map(sentence).join(' ')}`);
  }, intervalMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function notReadyFor(source: ReadinessSource): NotReady | undefined {
  const { state, since, reason, reportedAt, isOnPurpose } = source.status();
  if (state === 'up' || isOnPurpose === true) return undefined;
  const lastTried = reportedAt === undefined ? {} : { lastTriedSecondsAgo: secondsSince(reportedAt) };
  return { name: source.name, state, forSeconds: secondsSince(since), ...lastTried, ...(reason && { reason }) };
}

function sentence({ name, state, forSeconds, lastTriedSecondsAgo, reason = 'not known yet.' }: NotReady): string {
  const lastTried = lastTriedSecondsAgo === undefined ? '' : `, last tried ${Math.round(lastTriedSecondsAgo)} s ago`;
  return `${name} has been ${state} for ${Math.round(forSeconds)} s${lastTried}: ${reason}`;
}

/** To tenths; 0 where the clock was set back meanwhile. */
function secondsSince(date: Date): number {
  return Math.max(0, Math.round((Date.now() - date.getTime()) / 100) / 10);
}
