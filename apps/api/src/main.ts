#!/usr/bin/env node
import { runCommand } from '@hartonomous/worker-host';
import { apiCommand } from './command.ts';

const { argv, env, stdout, stderr } = process;
// A reader that has seen enough (`--check | head`), or a full disk: the log goes another way, and the exit code has still to be right.
for (const stream of [stdout, stderr]) stream.on('error', () => undefined);
process.exitCode = await runCommand(apiCommand, argv.slice(2), {
  ...{ env, stdout, stderr },
  forceExit: (code) => process.exit(code),
});
