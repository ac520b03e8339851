import { z } from 'zod';
import type { EmulatorRequest, EmulatorResponse } from './http-exchange.ts';

const envelopeSchema = z.looseObject({
  name: z.string(),
  time: z.string(),
  iKey: z.string(),
  tags: z.record(z.string(), z.string()).optional(),
  data: z.looseObject({ baseType: z.string(), baseData: z.record(z.string(), z.unknown()) }),
});

/** An item of telemetry as it was received. */
export type TelemetryEnvelope = z.output<typeof envelopeSchema>;

/** The ingestion endpoint of Application Insights: keeps what it is sent. */
export class Ingestion {
  readonly instrumentationKey: string;
  /** Everything accepted so far, in order. */
  readonly envelopes: TelemetryEnvelope[] = [];

  constructor(instrumentationKey: string) {
    this.instrumentationKey = instrumentationKey;
  }

  handle({ method, body }: EmulatorRequest): EmulatorResponse {
    if (method !== 'POST') return { status: 405 };
    const items = itemsOf(body);
    if (items === undefined) return { status: 400, json: { itemsReceived: 0, itemsAccepted: 0, errors: [] } };
    const errors = items.flatMap((item, index) => {
      const result = envelopeSchema.safeParse(item);
      if (!result.success) return [{ index, statusCode: 400, message: 'The envelope is invalid.' }];
      if (result.data.iKey !== this.instrumentationKey) {
        return [{ index, statusCode: 400, message: 'Invalid instrumentation key.' }];
      }
      this.envelopes.push(result.data);
      return [];
    });
    const itemsAccepted = items.length - errors.length;
    const status = errors.length === 0 ? 200 : itemsAccepted === 0 ? 400 : 206;
    return { status, json: { itemsReceived: items.length, itemsAccepted, errors } };
  }
}

/** A JSON array, or one JSON object per line. */
function itemsOf(body: string): readonly unknown[] | undefined {
  try {
    if (!body.trimStart().startsWith('[')) {
      return body
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line): unknown => JSON.parse(line));
    }
    const items: unknown = JSON.parse(body);
    return Array.isArray(items) ? items : undefined;
  } catch {
    // Not JSON: the sender hears 400.
    return undefined;
  }
}
