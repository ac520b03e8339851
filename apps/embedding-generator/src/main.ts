#!/usr/bin/env node
// Keep this import first: modules loaded earlier grow the young generation past its limit, and V8 won't shrink it back.
import './heap.ts';
import { runQueueWorker } from '@hartonomous/queue-worker';
import { embeddingGenerator } from './worker.ts';

await runQueueWorker(embeddingGenerator, process);
