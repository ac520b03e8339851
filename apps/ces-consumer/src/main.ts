#!/usr/bin/env node
import { runCommand } from '@hartonomous/worker-host';
import { cesConsumerCommand } from './command.ts';

process.exitCode = await runCommand(cesConsumerCommand, process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  forceExit: (code) => process.exit(code),
});
