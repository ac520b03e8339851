#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';

// Percent by which the heap may grow between collections. V8's own choice is up to several times what lives in it, which
// with a million queued messages means 200 MB of garbage; much less than 25 costs throughput while a queue fills.
setFlagsFromString('--heap-growing-percent=25');
// Half of a start is compiling what the start before has compiled already. The cache takes only what is loaded after it
// was switched on, so the command is not imported at the top.
enableCompileCache();
await import('./command-line.ts');
