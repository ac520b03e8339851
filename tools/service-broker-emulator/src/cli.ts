#!/usr/bin/env node
import { limitHeapGrowth } from './heap-growth.ts';

/** First version whose `node:sqlite` has what the storage uses. */
const oldestNode = 24;

// Everything that an older Node can't even load comes after this check, or its user sees a syntax error instead.
if (Number.parseInt(process.versions.node, 10) < oldestNode) {
  process.stderr.write(
    `service-broker-emulator needs Node ${oldestNode} or newer, and this is Node ${process.versions.node}. ` +
      'Without installing one: npx -y -p node@24 -p @hartonomous/service-broker-emulator service-broker-emulator\n',
  );
  process.exitCode = 2;
} else {
  limitHeapGrowth();
  // Half of a start is compiling what the start before has compiled already. The cache takes only what is loaded after
  // it was switched on, so the command is not imported at the top.
  const { enableCompileCache } = await import('node:module');
  enableCompileCache();
  await import('./command-line.ts');
}
