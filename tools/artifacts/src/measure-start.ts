// pnpm artifacts:start: how long `hartonomous` takes from its artifact for what needs no server. Build it first: pnpm artifacts deploy-cli.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ArtifactError, BuildMissingError, SlowStartError } from './errors.ts';

const folder = fileURLToPath(new URL('../../../artifacts/deploy-cli/', import.meta.url));
/** Milliseconds; slower, and a person waits for an answer that needs nothing but this program. */
const limitMs = 300;
const runs = 21;
const commands: readonly (readonly string[])[] = [['--help'], ['--version'], ['config', 'show', '--offline']];

/** An empty program: the baseline of Node and the machine. */
const nothing = ['--eval', '0'];

function milliseconds(args: readonly string[]): number {
  const start = performance.now();
  const program = args === nothing ? args : ['main.js', ...args];
  const { status, stderr } = spawnSync(process.execPath, program, { cwd: folder, windowsHide: true });
  const took = performance.now() - start;
  // `config` reports settings that are missing here, which is an answer too.
  if (status === null || (status !== 0 && args[0] !== 'config'))
    throw new SlowStartError(args.join(' '), String(stderr));
  return took;
}

try {
  if (!existsSync(join(folder, 'main.js')))
    throw new BuildMissingError(join(folder, 'main.js'), { command: 'pnpm artifacts deploy-cli' });
  const slow: string[] = [];
  for (const args of [nothing, ...commands]) {
    milliseconds(args); // the first one reads the files from the disk
    const times = Array.from({ length: runs }, () => milliseconds(args)).sort((a, b) => a - b);
    const [least = 0, median = 0, most = 0] = [times[0], times[(runs - 1) / 2], times.at(-1)];
    const name = args === nothing ? 'node alone' : `hartonomous ${args.join(' ')}`;
    process.stdout.write(
      `${name}: median ${Math.round(median)} ms, ${Math.round(least)} to ${Math.round(most)} ms in ${runs} runs\n`,
    );
    if (median > limitMs && args !== nothing) slow.push(name);
  }
  if (slow.length > 0) throw new SlowStartError(slow.join(', '), `the median is above ${limitMs} ms`);
} catch (error) {
  if (!(error instanceof ArtifactError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = 1;
}
