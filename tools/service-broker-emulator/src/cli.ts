#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// Half of a start is compiling what the start before has compiled already. The cache takes only what is loaded after it
// was switched on, so the command is not imported at the top.
enableCompileCache();
await import('./command-line.ts');
