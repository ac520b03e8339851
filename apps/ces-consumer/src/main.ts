#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { runCommand } from '@hartonomous/worker-host';

// Percent by which the heap may grow between collections, and the space for new objects at the size that it has by now. A
// slice is garbage once it is written; by V8's own choice of both, a process that ingested 160,000 rows held 384 MB instead of
// 190, and took no less of the processor. The rest is imported below and not at the top, so that it finds both set.
setFlagsFromString('--heap-growing-percent=100');
setFlagsFromString('--semi-space-growth-factor=1');
const { cesConsumerCommand } = await import('./command.ts');

process.exitCode = await runCommand(cesConsumerCommand, process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  forceExit: (code) => process.exit(code),
});
