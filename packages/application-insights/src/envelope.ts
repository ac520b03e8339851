/** What an item of telemetry is about, by the schema of the ingestion endpoint (v2.1). */
type BaseType = 'RequestData' | 'RemoteDependencyData' | 'MessageData' | 'ExceptionData' | 'MetricData';

/** An item of telemetry without whose it is. */
export interface TelemetryItem {
  readonly time: Date;
  readonly baseType: BaseType;
  readonly baseData: Readonly<Record<string, unknown>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** An item as it is sent. */
export interface Envelope {
  readonly ver: 1;
  readonly name: string;
  readonly time: string;
  readonly iKey: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly data: { readonly baseType: BaseType; readonly baseData: Readonly<Record<string, unknown>> };
}

/** An item with whose it is. */
export function envelopeOf({ time, baseType, baseData, tags }: TelemetryItem, instrumentationKey: string): Envelope {
  return {
    ver: 1,
    name: `Microsoft.ApplicationInsights.${baseType.replace(/Data$/, '')}`,
    time: time.toISOString(),
    iKey: instrumentationKey,
    tags,
    data: { baseType, baseData: { ver: 2, ...baseData } },
  };
}

/** Longest texts that the endpoint keeps; it refuses longer ones, or cuts them. Source: the schema of the ingestion endpoint. */
export const longest = { name: 1_024, id: 512, message: 32_768, propertyName: 150, propertyValue: 8_192 } as const;

/** Properties as the endpoint takes them: short names, and text. What is undefined isn't there. */
export function propertiesOf(values: Readonly<Record<string, unknown>>): Record<string, string> {
  const properties: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === null) continue;
    const text = typeof value === 'string' ? value : JSON.stringify(value, withoutBigInts);
    properties[name.slice(0, longest.propertyName)] = text.slice(0, longest.propertyValue);
  }
  return properties;
}

function withoutBigInts(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
