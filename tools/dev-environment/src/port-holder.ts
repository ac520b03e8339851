import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';

/** The process that listens on a port. */
export interface PortHolder {
  readonly pid: number;
  /** What it runs: a part of this repository by its name, anything else by its executable. Never its arguments: they may hold secrets. */
  readonly program: string;
  /** Whether it is a part of this repository. */
  readonly isOurs: boolean;
  /** The process that started it; undefined when that has ended. */
  readonly parent: number | undefined;
}

/** What a command line of ours has in it, and what it is. */
const ours: readonly (readonly [RegExp, string])[] = [
  [/service-broker-emulator/, 'a SQL Server stand-in'],
  [/org\.neo4j\.|local-neo4j/, 'a Neo4j'],
  [/neo4j-sync-worker/, 'a neo4j-sync-worker'],
  [/ces-consumer/, 'a ces-consumer'],
];

const listening = '0A';

/**
 * Who listens on a TCP port of this machine.
 *
 * @returns undefined where it can't be seen: no /proc (Windows, macOS), or a process of another user
 */
export async function findPortHolder(port: number): Promise<PortHolder | undefined> {
  const sockets = await listeningSockets(port);
  if (sockets.size === 0) return undefined;
  for (const pid of await processes()) {
    if (await holdsOneOf(pid, sockets)) return await describeProcess(pid);
  }
  return undefined;
}

/** The end of a sentence that began with "is in use by", and what to do. */
export function describeHolder(holder: PortHolder | undefined): string {
  const orElse = 'choose another port with the options (see --help).';
  if (holder === undefined) return `another program. Stop that program, or ${orElse}`;
  const { pid, program, isOurs, parent } = holder;
  if (!isOurs) return `process ${pid} (${program}). Stop that program, or ${orElse}`;
  return parent === undefined
    ? `process ${pid}, ${program} that was left behind. End it with 'kill ${pid}', or ${orElse}`
    : `process ${pid}, ${program} that process ${parent} runs. Stop that one (Ctrl-C where it runs, or 'kill ${parent}'), or ${orElse}`;
}

/** Inode numbers of the sockets that listen on the port, as the kernel lists them. */
async function listeningSockets(port: number): Promise<ReadonlySet<string>> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const found = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const row of (await textOf(table)).split('\n')) {
      const [, local, , state, , , , , , inode] = row.trim().split(/\s+/);
      if (local?.endsWith(suffix) === true && state === listening && inode !== undefined) found.add(inode);
    }
  }
  return found;
}

async function processes(): Promise<readonly number[]> {
  return (await namesIn('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
}

async function holdsOneOf(pid: number, sockets: ReadonlySet<string>): Promise<boolean> {
  for (const descriptor of await namesIn(`/proc/${pid}/fd`)) {
    const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined && sockets.has(inode)) return true;
  }
  return false;
}

async function describeProcess(pid: number): Promise<PortHolder> {
  const command = (await textOf(`/proc/${pid}/cmdline`)).split('\0');
  const known = ours.find(([pattern]) => command.some((part) => pattern.test(part)))?.[1];
  const parent = Number(/^PPid:\s+(\d+)$/m.exec(await textOf(`/proc/${pid}/status`))?.[1] ?? 0);
  return {
    pid,
    program: known ?? basename(command[0] ?? ''),
    isOurs: known !== undefined,
    // Orphans are handed to the first process.
    parent: parent > 1 ? parent : undefined,
  };
}

// Processes end and belong to others while this looks: what can't be read holds nothing that could be named.
async function textOf(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch(() => '');
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return await readdir(folder).catch(() => []);
}
