// node with-variables.ts NAME=value... PROGRAM ARGS...: runs a program of node_modules with environment variables, in any shell.
import { spawn } from 'node:child_process';
import { programScript } from './node-program.ts';

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
  const child = spawn(process.execPath, [programScript(program), ...args.slice(count + 1)], {
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
