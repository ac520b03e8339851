import { folder } from './command.ts';
import { openApiText } from './open-api.ts';
import { writeGenerated } from './write-generated.ts';

await writeGenerated(new URL('openapi.json', folder), openApiText(), 'pnpm openapi');
