#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { runCommand } from '@hartonomous/worker-host';

// Percent by which the heap may grow between collections. V8's own choice is up to several times what lives in it, which
// for a worker with large batches was 100 MB of garbage; much less than 25 costs throughput.
setFlagsFromString('--heap-growing-percent=25');
// The space for new objects stays at the 16 MB that it has grown to by now. V8 would take it to 128 MB: a batch's rows die
// young, so they would fill it again and again. The rest is therefore imported below and not at the top.
setFlagsFromString('--semi-space-growth-factor=1');
const { neo4jSyncCommand } = await import('./command.ts');

process.exitCode = await runCommand(neo4jSyncCommand, process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  forceExit: (code) => process.exit(code),
});
