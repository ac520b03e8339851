import { settingsJsonSchema } from '@hartonomous/config-loader';
import { folder } from './command.ts';
import { settingsSchema } from './options.ts';
import { writeGenerated } from './write-generated.ts';

const text = settingsJsonSchema(settingsSchema, 'Settings of hartonomous-api');
await writeGenerated(new URL('appsettings.schema.json', folder), text, 'pnpm schema');
