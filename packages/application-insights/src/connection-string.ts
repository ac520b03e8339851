import { z } from 'zod';
import { ConnectionStringInvalidError } from './errors.ts';

/** Where telemetry goes, and whose it is. */
export interface InsightsConnection {
  /** Names the resource; anyone who has it can send to it, so it is treated as a secret. */
  readonly instrumentationKey: string;
  /** Without a slash at its end. */
  readonly endpoint: string;
}

/** Of connection strings that name none. Source: Microsoft's page about connection strings of Application Insights. */
const defaultEndpoint = 'https://dc.services.visualstudio.com';

const schema = z.object({
  instrumentationkey: z.guid('InstrumentationKey must be a GUID'),
  ingestionendpoint: z.url({ protocol: /^https$/, error: 'IngestionEndpoint must be an https:// address' }).optional(),
  endpointsuffix: z.hostname('EndpointSuffix must be a host name').optional(),
  location: z
    .string()
    .regex(/^[a-z0-9-]+$/i, 'Location must be a word')
    .optional(),
});

/**
 * Reads a connection string as the portal shows it: `InstrumentationKey=...;IngestionEndpoint=https://...;...`. Keys ignore case;
 * blanks around a pair and a semicolon at the end do no harm; pairs that aren't needed are left alone.
 *
 * @throws ConnectionStringInvalidError
 */
export function parseConnectionString(text: string): InsightsConnection {
  const pairs = new Map<string, string>();
  for (const part of text.split(';')) {
    if (part.trim() === '') continue;
    const at = part.indexOf('=');
    if (at < 1) throw new ConnectionStringInvalidError('a part of it is not NAME=value');
    pairs.set(part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim());
  }
  const result = schema.safeParse(Object.fromEntries(pairs));
  if (!result.success)
    throw new ConnectionStringInvalidError(result.error.issues.map(({ message }) => message).join('; '));
  const { instrumentationkey, ingestionendpoint, endpointsuffix, location } = result.data;
  const ofSuffix = location === undefined ? `https://dc.${endpointsuffix}` : `https://${location}.dc.${endpointsuffix}`;
  const endpoint = ingestionendpoint ?? (endpointsuffix === undefined ? defaultEndpoint : ofSuffix);
  return { instrumentationKey: instrumentationkey.toLowerCase(), endpoint: endpoint.replace(/\/+$/, '') };
}
