// node with-variables.ts NAME=value... PROGRAM ARGS...: runs a program of node_modules with environment variables, in any shell.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const manifestSchema = z.object({ bin: z.union([z.string(), z.record(z.string(), z.string())]) });
const root = join(import.meta.dirname, '../../..');

/** The script that a program of the root's dependencies starts with. */
function script(program: string): string {
  const file = createRequire(join(root, 'package.json')).resolve(`${program}/package.json`);
  const { bin } = manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const path = typeof bin === 'string' ? bin : bin[program];
  if (path === undefined) throw new Error(`${program} has no program of its name.`);
  return join(dirname(file), path);
}

const args = process.argv.slice(2);
const count = args.findIndex((argument) => !/^[A-Z]\w*=/.test(argument));
const program = args[count];
if (count < 1 || program === undefined) {
  process.stderr.write('Usage: with-variables NAME=value... PROGRAM ARGS...\n');
  process.exitCode = 2;
} else {
  const variables = Object.fromEntries(
    args
      .slice(0, count)
      .map((argument) => [argument.slice(0, argument.indexOf('=')), argument.slice(argument.indexOf('=') + 1)]),
  );
  const child = spawn(process.execPath, [script(program), ...args.slice(count + 1)], {
    stdio: 'inherit',
    windowsHide: true,
    env: { ...process.env, ...variables },
  });
  // Ctrl-C reaches the child by itself, and its end is this one's.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('error', (error) => {
    throw error;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
  });
}
