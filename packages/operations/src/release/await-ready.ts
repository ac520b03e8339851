import { setTimeout as delay } from 'node:timers/promises';
import { redactText } from '@hartonomous/redaction';
import { z } from 'zod';
import { askHealth } from '../ask-health.ts';
import { ServiceCommandError } from '../errors.ts';
import { NotASmallFileError, readBoundedText } from '../read-bounded-text.ts';
import { runProgram } from '../service/run-program.ts';
import { type SystemdState, systemdState } from '../service/systemd-service.ts';
import { ReleaseNotReadyError } from './errors.ts';
import { codeOf } from './release-folders.ts';
import type { ReleaseUnit } from './release-unit.ts';

const runtimeSchema = z.object({
  name: z.string(),
  version: z.string().nullable(),
  instance: z.string(),
  pid: z.int(),
  healthUrl: z.url({ protocol: /^http$/ }),
  startedAt: z.string(),
});

/** What a running worker has written down of itself. */
export type RunningRelease = z.output<typeof runtimeSchema>;

const healthSchema = z.object({
  status: z.enum(['ready', 'not-ready']),
  state: z.string(),
  dependencies: z.array(z.object({ name: z.string(), state: z.string(), reason: z.string().optional() })),
});

/** What a worker answered, or why it didn't. */
interface Look {
  readonly isReady: boolean;
  /** In words. */
  readonly seen: string;
  readonly running: RunningRelease | undefined;
}

/** Most bytes of what a worker has written down of itself; it is a few hundred. */
const mostRuntimeBytes = 65_536;
/** Between two checks, in milliseconds. */
const lookEveryMs = 200;
/** For an answer of /health/ready, which takes a millisecond. */
const answerMs = 2_000;
/** Milliseconds until systemd has begun with what it was asked for. */
const startsWithinMs = 5_000;
/** Lines of the log that an error shows. */
const shownLines = 5;

/** What is waited for. */
export interface ReadyOptions {
  /** As the program reports it: `0.1.0 (1a2b3c4d5e6f)`. Undefined: whatever runs. */
  readonly programVersion: string | undefined;
  /** A process that isn't meant: the one before a restart, which may still be there. */
  readonly otherThanPid?: number;
  /** Milliseconds. A fixed number of tries would fail those that start slowly. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Waits until the worker of a unit is ready, and of the version that is asked for.
 *
 * @throws ReleaseNotReadyError with what was last seen and the end of its log, when the time is over or the unit has failed
 */
export async function awaitReady(unit: ReleaseUnit, options: ReadyOptions): Promise<RunningRelease> {
  const { programVersion, otherThanPid, timeoutMs, signal } = options;
  const begunAt = performance.now();
  const until = begunAt + timeoutMs;
  for (;;) {
    const state = await systemdState(unit.service, signal);
    const look = await lookAt(unit, state, signal);
    const { running, isReady } = look;
    const isWanted = programVersion === undefined || running?.version === programVersion;
    const isMeant = running?.pid !== otherThanPid;
    if (running !== undefined && isReady && isWanted && isMeant) return running;
    const seen =
      running !== undefined && !isWanted ? `${running.version ?? 'a program without a version'} runs there` : look.seen;
    if (hasEnded(state, performance.now() - begunAt))
      throw await notReady(unit, `has ended (${state.Result || state.ActiveState})`, seen, signal);
    if (performance.now() >= until) {
      throw await notReady(unit, `was not ready within ${Math.round(timeoutMs / 1_000)} s`, seen, signal);
    }
    await delay(lookEveryMs, undefined, { signal });
  }
}

async function lookAt(unit: ReleaseUnit, state: SystemdState, signal: AbortSignal): Promise<Look> {
  const running = await readRuntime(unit, state);
  if (running === undefined) {
    return { isReady: false, seen: `${state.ActiveState}, nothing listens yet`, running };
  }
  try {
    const { status, json, strange } = await askHealth(`${running.healthUrl}/health/ready`, answerMs, signal);
    const { data } = healthSchema.safeParse(json);
    if (data === undefined) {
      const seen = `health answered ${status}, ${strange ?? 'with JSON of another form'}`;
      return { isReady: false, seen, running };
    }
    const away = data.dependencies
      .filter((each) => each.state !== 'up')
      .map(({ name, reason }) => `${name}: ${reason ?? 'not yet'}`);
    return { isReady: status === 200, seen: [`${data.status}, ${data.state}`, ...away].join('; '), running };
  } catch (error) {
    signal.throwIfAborted();
    return { isReady: false, seen: `health does not answer (${reasonOf(error)})`, running };
  }
}

/** One that an earlier process has left doesn't count. */
async function readRuntime(
  { runtimeFile }: ReleaseUnit,
  { MainPID }: SystemdState,
): Promise<RunningRelease | undefined> {
  try {
    // The worker's account may put there what it likes.
    const text = await readBoundedText(runtimeFile, mostRuntimeBytes);
    const { data } = runtimeSchema.safeParse(JSON.parse(text));
    return data !== undefined && String(data.pid) === MainPID ? data : undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError || error instanceof NotASmallFileError) {
      return undefined;
    }
    throw error;
  }
}

/** A unit whose start was only just asked for is inactive, too, or waits for its next try after a failure of before. */
function hasEnded({ ActiveState, SubState }: SystemdState, waitedMs: number): boolean {
  if (ActiveState === 'failed') return true;
  return waitedMs > startsWithinMs && (ActiveState === 'inactive' || SubState === 'auto-restart');
}

async function notReady(
  unit: ReleaseUnit,
  what: string,
  seen: string,
  signal: AbortSignal,
): Promise<ReleaseNotReadyError> {
  const log = await lastLines(unit, signal);
  return new ReleaseNotReadyError(
    redactText(`${unit.unit} ${what}. Last seen: ${seen}.${log === '' ? '' : `\nIts log ends with:\n${log}`}`),
    `See journalctl --unit ${unit.unit}.`,
  );
}

/** The last lines of a unit's log that say something; empty where it can't be read. */
async function lastLines({ unit }: ReleaseUnit, signal: AbortSignal): Promise<string> {
  try {
    const args = ['--unit', unit, '--lines', '200', '--output', 'cat', '--no-pager'];
    const lines = (await runProgram('journalctl', args, signal)).split('\n').filter((line) => line.trim() !== '');
    const grave = lines.map(messageOf).filter((line) => line.isGrave);
    const shown = grave.length > 0 ? grave : lines.map(messageOf);
    return shown
      .slice(-shownLines)
      .map(({ text }) => text.slice(0, 500))
      .join('\n');
  } catch (error) {
    if (!(error instanceof ServiceCommandError)) throw error;
    return '';
  }
}

const logLine = z.object({ level: z.string(), msg: z.string(), err: z.object({ message: z.string() }).optional() });

/** A line of a worker's log is JSON; what Node or the loader prints is text, and grave. */
function messageOf(line: string): { readonly text: string; readonly isGrave: boolean } {
  try {
    const { data } = logLine.safeParse(JSON.parse(line));
    if (data === undefined) return { text: line, isGrave: false };
    const { level, msg, err } = data;
    const text = err === undefined ? msg : `${msg}: ${err.message}`;
    return { text, isGrave: ['warn', 'error', 'fatal'].includes(level) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { text: line, isGrave: /error|^\S+: \S/i.test(line) };
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
