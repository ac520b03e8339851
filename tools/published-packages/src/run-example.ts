import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ExampleOutputError } from './errors.ts';
import type { NodeProgram } from './node-programs.ts';

/** How an example of a README is run, and what it must print. */
export interface ExampleRun {
  /** Somewhere in what it prints. */
  readonly expected: RegExp;
  /** Runs until it gets this signal, after it has printed what is expected. @default it ends by itself */
  readonly endedBy?: 'SIGINT' | 'SIGTERM';
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** The longest that an example may take: some start Neo4j first. */
const timeoutMs = 180_000;

/**
 * Runs an example until its end.
 *
 * @returns the first line that matches what is expected
 * @throws ExampleOutputError when it prints something else, ends with another code than 0, or takes too long
 */
export async function runExample(
  { expected, endedBy, args = [], env = {} }: ExampleRun,
  file: string,
  cwd: string,
  node: NodeProgram,
): Promise<string> {
  const child = spawn(node.file, [file, ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
    timeout: timeoutMs,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      const isNews = !expected.test(output);
      output += text;
      if (endedBy !== undefined && isNews && expected.test(output)) child.kill(endedBy);
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  const line = output.split('\n').find((one) => expected.test(one));
  if (code !== 0 || line === undefined) throw new ExampleOutputError(file, code, node.version, output);
  return line.trim();
}
