import { writeSettingsSchema } from '@hartonomous/queue-worker';
import { embeddingGenerator } from './worker.ts';

await writeSettingsSchema(embeddingGenerator, process);
