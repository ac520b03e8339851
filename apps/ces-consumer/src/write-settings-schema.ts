import { writeSettingsSchema } from '@hartonomous/queue-worker';
import { cesConsumer } from './worker.ts';

await writeSettingsSchema(cesConsumer, process);
