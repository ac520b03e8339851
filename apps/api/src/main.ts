#!/usr/bin/env node
import { runCommand } from '@hartonomous/worker-host';
import { apiCommand } from './command.ts';

const { argv, env, stdout, stderr } = process;
process.exitCode = await runCommand(apiCommand, argv.slice(2), {
  ...{ env, stdout, stderr },
  forceExit: (code) => process.exit(code),
});
