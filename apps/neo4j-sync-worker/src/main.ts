#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { runCommand } from '@hartonomous/worker-host';
import { neo4jSyncCommand } from './command.ts';

// Percent by which the heap may grow between collections. V8's own choice is up to several times what lives in it, which
// for a worker with large batches was 100 MB of garbage; much less than 25 costs throughput.
setFlagsFromString('--heap-growing-percent=25');

process.exitCode = await runCommand(neo4jSyncCommand, process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  forceExit: (code) => process.exit(code),
});
