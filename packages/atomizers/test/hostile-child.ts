import { createReadStream, readFileSync, statSync } from 'node:fs';
import type { AtomizerSource } from '../src/atomizer.ts';
import { createDefaultRegistry } from '../src/default-registry.ts';
import { AtomizerError } from '../src/errors.ts';
import { hostileFiles } from './hostile-scenarios.ts';

/** The outcome of one file. */
export interface Outcome {
  readonly code: string;
  readonly atoms: number;
  readonly bytes: number;
  /** Most memory that the process has had so far. */
  readonly peakMb: number;
  /** Time of the processor that this file took, in milliseconds, of all threads. */
  readonly processorMs: number;
}

/** Linux hands `maxRSS` on from the process that starts this one, whose memory a test isn't about. */
function peakMb(): number {
  if (process.platform !== 'linux') return Math.round(process.resourceUsage().maxRSS / 1024);
  const status = readFileSync('/proc/self/status', 'utf8');
  return Math.round(Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024);
}

async function outcomeOf(source: AtomizerSource): Promise<Outcome> {
  let atoms = 0;
  let bytes = 0;
  const started = process.cpuUsage();
  const outcome = (code: string): Outcome => {
    const { user, system } = process.cpuUsage(started);
    return { code, atoms, bytes, peakMb: peakMb(), processorMs: Math.round((user + system) / 1000) };
  };
  try {
    const { drafts } = await createDefaultRegistry().atomize(source);
    for await (const draft of drafts) {
      atoms += 1;
      bytes += draft.content.length;
    }
    return outcome('OK');
  } catch (error) {
    if (!(error instanceof AtomizerError)) throw error;
    return outcome(error.code);
  }
}

/**
 * Atomizes a file (`--file PATH`), or the hostile ones that are named, one after the other, and reports the outcomes
 * and what memory the process took at most.
 */
const [first, path = ''] = process.argv.slice(2);
const outcomes: Record<string, Outcome> = {};
if (first === '--file') {
  const open = (signal?: AbortSignal) => createReadStream(path, { signal, highWaterMark: 1024 * 1024 });
  outcomes[path] = await outcomeOf({ name: path, size: statSync(path).size, open });
} else {
  for (const name of process.argv.slice(2)) {
    const file = hostileFiles[name];
    if (file === undefined) throw new Error(`There is no hostile file ${name}.`);
    outcomes[name] = await outcomeOf(await file.make());
  }
}
console.log(JSON.stringify({ outcomes, peakMb: peakMb() }));
