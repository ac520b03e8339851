import type { ApplicationInsights } from '@hartonomous/application-insights';
import type { Logger } from './logging.ts';
import { type ServiceName, serviceResource } from './service-resource.ts';
import type { TelemetryOptions } from './telemetry.ts';

/** Telemetry of a process on its way to Application Insights. Dispose it after the last log line. */
export interface Insights extends AsyncDisposable {
  /** Takes each line of the log. */
  readonly also: (line: string) => void;
  /** For `createTelemetry`. */
  readonly telemetry: Pick<TelemetryOptions, 'readers' | 'spanProcessors'>;
  /** Says where telemetry goes, and from now on what keeps it from going there. */
  announce(logger: Logger): void;
}

/** Where OpenTelemetry's distribution for Azure looks, too. */
const variable = 'APPLICATIONINSIGHTS_CONNECTION_STRING';
/** In log lines about sending telemetry, which aren't sent themselves. */
const source = 'application-insights';
/** Longest time that the last items may take, in milliseconds. */
const lastItemsMs = 1_500;

/**
 * Opens Application Insights where there is a connection string for it; its code is loaded only then.
 *
 * @param connectionString of the settings; an empty one counts as none
 * @throws ConnectionStringInvalidError
 */
export async function openInsights(
  connectionString: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  service: ServiceName,
): Promise<Insights | undefined> {
  const text = [connectionString, env[variable]].find((each) => each !== undefined && each.trim() !== '');
  if (text === undefined) return undefined;
  const { openApplicationInsights } = await import('@hartonomous/application-insights');
  const resource = serviceResource(service);
  let told: Logger | undefined;
  const insights: ApplicationInsights = openApplicationInsights({
    connectionString: text,
    onProblem: (problem) => told?.warn({ source }, problem),
  });
  return {
    also: (line) => {
      if (!line.includes(`"source":"${source}"`)) insights.log(line, resource);
    },
    telemetry: insights,
    announce: (logger) => {
      told = logger;
      logger.info({ source }, `Telemetry is sent to Application Insights at ${insights.host}`);
    },
    async [Symbol.asyncDispose]() {
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, lastItemsMs);
      await Promise.race([insights[Symbol.asyncDispose](), late]);
      clearTimeout(timer);
    },
  };
}
