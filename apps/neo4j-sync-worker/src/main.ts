#!/usr/bin/env node
// First: modules that are loaded before it make the heap larger than it is to be.
import './heap.ts';
import { runCommand } from '@hartonomous/worker-host';
import { neo4jSyncCommand } from './command.ts';

process.exitCode = await runCommand(neo4jSyncCommand, process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  forceExit: (code) => process.exit(code),
});
