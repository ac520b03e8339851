import { readdirSync, readFileSync } from 'node:fs';

/** What the kernel says about a process. */
export interface ProcessUsage {
  /** Processor time in seconds, user and system, since the process began. */
  readonly cpuSeconds: number;
  /** Resident memory in bytes. */
  readonly rssBytes: number;
  /** The most it ever was, in bytes. */
  readonly peakRssBytes: number;
}

/** Clock ticks per second in /proc/<pid>/stat: USER_HZ, 100 on every Linux. Source: proc_pid_stat(5). */
const ticksPerSecond = 100;

/** Usage of a running process; undefined where there is no /proc (anything but Linux). */
export function processUsage(pid: number): ProcessUsage | undefined {
  if (process.platform !== 'linux') return undefined;
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, in parentheses, may hold spaces; the fields behind it begin with number 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (line: RegExp): number => Number(line.exec(status)?.[1] ?? Number.NaN) * 1024;
  return {
    cpuSeconds: ticks / ticksPerSecond,
    rssBytes: bytes(/^VmRSS:\s+(\d+) kB$/m),
    peakRssBytes: bytes(/^VmHWM:\s+(\d+) kB$/m),
  };
}

/** A child of this process by its command's name; undefined when there is none, and where there is no /proc. */
export function childNamed(name: string): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const children = readdirSync('/proc/self/task').flatMap((task) =>
    readFileSync(`/proc/self/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return children.find((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === name);
}

/** Processor seconds of a process so far; NaN where they can't be told. */
export function cpuSeconds(pid: number | undefined): number {
  return pid === undefined ? Number.NaN : (processUsage(pid)?.cpuSeconds ?? Number.NaN);
}
