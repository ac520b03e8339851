import { z } from 'zod';
import { azureSettingsSchema } from './azure/azure-settings.ts';

/** Says of one file less than of the whole: what is missing or empty in it may come from another source. */
const rulesOfTheWhole: ReadonlySet<string> = new Set(['required', 'minLength', 'pattern', 'default']);

/**
 * The JSON schema of an app's appsettings files, for editors: names, types, ranges and words of the settings that the
 * app and this package read. Other sections are allowed, as for .NET.
 *
 * @param schema what the app binds
 * @param title for people
 * @returns the text of the file, with a line break at its end
 */
export function settingsJsonSchema(schema: z.ZodObject, title: string): string {
  const whole = z.object({ $schema: z.string().optional(), ...azureSettingsSchema.shape, ...schema.shape });
  const generated = z.toJSONSchema(whole, {
    io: 'input',
    target: 'draft-7',
    override: ({ jsonSchema }) => {
      for (const rule of rulesOfTheWhole) delete jsonSchema[rule];
    },
  });
  return `${JSON.stringify({ ...generated, title }, null, 2)}\n`;
}
