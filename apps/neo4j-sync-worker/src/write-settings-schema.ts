import { writeSettingsSchema } from '@hartonomous/queue-worker';
import { neo4jSync } from './worker.ts';

await writeSettingsSchema(neo4jSync, process);
