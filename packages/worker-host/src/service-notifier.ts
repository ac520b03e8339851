import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { escapeControls, redactText } from '@hartonomous/redaction';
import { type HealthSubject, readinessReport } from './health-server.ts';
import type { Logger } from './logging.ts';
import { reasonOf } from './reason-of.ts';

const run = promisify(execFile);

/** What systemd sets for a unit with `Type=notify` (sd_notify(3), sd_watchdog_enabled(3)). */
interface NotifyEnvironment {
  readonly NOTIFY_SOCKET?: string | undefined;
  readonly WATCHDOG_USEC?: string | undefined;
  readonly WATCHDOG_PID?: string | undefined;
}

/** Tells the service manager how the worker is. Dispose it when the worker has ended. */
export interface ServiceNotifier extends AsyncDisposable {
  /** Reports that the worker is ending by request, so that its last moments aren't taken for a failure. */
  stopping(): void;
}

/** Milliseconds between two reports where no watchdog asks for more. */
const statusIntervalMs = 10_000;
/** Milliseconds until a report is given up; it is a program that ends within some 20 ms. */
const reportTimeoutMs = 5_000;

/**
 * Reports to systemd, where it started this process with a socket for it: that the service is up, its state in words, and the
 * watchdog notifications that `WatchdogSec=` requires. Does nothing anywhere else.
 *
 * `READY=1` means that settings are valid and health answers. Servers that are away are waited for, which isn't a failed start: the
 * status names them, and `/health/ready` is what shows whether work is done. A watchdog notification needs more than a process: it is held
 * back while every server is reachable and nothing has been received for too long, which nothing but a restart ends.
 *
 * Node can't open sockets of systemd's kind (AF_UNIX datagrams), so `systemd-notify` sends each report: the unit needs
 * `NotifyAccess=all`.
 */
export function notifyService(
  subject: HealthSubject,
  env: NotifyEnvironment,
  { logger, pid = process.pid }: { readonly logger: Logger; readonly pid?: number },
): ServiceNotifier {
  if (env.NOTIFY_SOCKET === undefined || env.NOTIFY_SOCKET === '') return silent;
  const socket = env.NOTIFY_SOCKET;
  const watchdogMs = watchdogInterval(env, pid);
  let reports: Promise<void> = Promise.resolve();
  let pending = 0;
  let failed = false;
  /** What a report that has arrived has told. */
  let told: { readonly isReady: boolean; readonly status: string } = { isReady: false, status: '' };

  const send = (lines: readonly string[], tells?: typeof told): void => {
    pending += 1;
    reports = reports.then(async () => {
      try {
        const childEnv = { PATH: process.env.PATH, NOTIFY_SOCKET: socket };
        await run('systemd-notify', lines, { env: childEnv, timeout: reportTimeoutMs });
        failed = false;
        told = tells ?? told;
      } catch (error) {
        if (!failed)
          logger.warn({ reason: reasonOf(error) }, 'the state of the worker could not be reported to systemd');
        failed = true;
      } finally {
        pending -= 1;
      }
    });
  };
  const report = (): void => {
    // Reports that queue up behind a slow one would tell of the past.
    if (pending > 1) return;
    const status = statusText(subject);
    const lines = [
      ...(told.isReady ? [] : ['READY=1']),
      ...(status === told.status ? [] : [`STATUS=${status}`]),
      ...(watchdogMs === undefined || isStuck(subject) ? [] : ['WATCHDOG=1']),
    ];
    if (lines.length > 0) send(lines, { isReady: true, status });
  };

  report();
  const timer = setInterval(report, Math.min(statusIntervalMs, watchdogMs ?? statusIntervalMs));
  timer.unref();
  return {
    stopping() {
      // One that stops isn't to be told ready any more.
      told = { ...told, isReady: true };
      send(['STOPPING=1', 'STATUS=finishing what is in hand']);
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await reports;
    },
  };
}

const silent: ServiceNotifier = { stopping() {}, async [Symbol.asyncDispose]() {} };

/** Half of systemd's watchdog time-out in milliseconds; undefined if this process has no watchdog. */
function watchdogInterval({ WATCHDOG_USEC, WATCHDOG_PID }: NotifyEnvironment, pid: number): number | undefined {
  if (WATCHDOG_PID !== undefined && WATCHDOG_PID !== '' && Number(WATCHDOG_PID) !== pid) return undefined;
  const microseconds = Number(WATCHDOG_USEC ?? '');
  return Number.isSafeInteger(microseconds) && microseconds > 0 ? Math.max(1, microseconds / 2_000) : undefined;
}

/**
 * Whether the worker runs, every server answers, and still nothing happens: a source that watches an age ({@link ActivityReadiness}) is
 * down alone. During an outage a restart would help nobody.
 */
function isStuck({ lifecycle, readiness }: HealthSubject): boolean {
  if (lifecycle.state !== 'running') return false;
  const statuses = Array.from(readiness, (source) => source.status());
  const silent = statuses.filter(({ state, ageMs }) => state === 'down' && ageMs !== undefined);
  return silent.length > 0 && statuses.every(({ state, ageMs }) => state === 'up' || ageMs !== undefined);
}

/** Characters of a status. */
const longestStatus = 500;

/** One line for `systemctl status`. */
function statusText(subject: HealthSubject): string {
  const { status, state, dependencies, warnings } = readinessReport(subject);
  const away = dependencies
    .filter((each) => each.state !== 'up')
    .map(({ name, reason }) => `${name}: ${reason ?? 'not yet'}`);
  const words = status === 'ready' ? ['ready', ...warnings.map(({ text }) => text)] : [`not ready, ${state}`, ...away];
  // A status is one line of a protocol of lines, and `systemctl status` shows it on a terminal.
  const line = escapeControls(redactText(words.join('; ')).replace(/\p{Cc}+/gu, ' '));
  return line.slice(0, longestStatus).toWellFormed();
}
