import { setTimeout as pause } from 'node:timers/promises';
import type { z } from 'zod';
import { AppConfigurationReader } from './azure/app-configuration-reader.ts';
import { createCredential } from './azure/credential.ts';
import { bindConfiguration } from './bind.ts';
import {
  type LoadedConfiguration,
  type LoadOptions,
  readAzureSettings,
  readConfiguration,
} from './load-configuration.ts';

/** Options of {@link watchConfiguration}. */
export interface WatchOptions {
  /** Ends the watching. */
  readonly signal: AbortSignal;
  /**
   * Milliseconds between two checks, at least 100. Shorter costs requests (a store has a daily quota); longer delays
   * changes. @default 30000
   */
  readonly intervalMs?: number;
  /** Told when a look fails or changed settings are wrong; what was yielded last stays good, and watching goes on. */
  readonly onError: (error: unknown) => void;
}

/**
 * The configuration now, and again whenever App Configuration has changed: its sentinel
 * (AzureAppConfiguration:Sentinel), or without one any of its settings. A change of Key Vault alone isn't noticed; with
 * App Configuration switched off nothing is, and the iteration ends after the first configuration.
 *
 * @throws what `loadConfiguration` throws, for the first configuration only
 */
export async function* watchConfiguration<Schema extends z.ZodType>(
  schema: Schema,
  options: LoadOptions,
  { signal, intervalMs = 30_000, onError }: WatchOptions,
): AsyncGenerator<LoadedConfiguration<z.output<Schema>>, void, void> {
  const load = async (): Promise<LoadedConfiguration<z.output<Schema>>> => {
    const configuration = await readConfiguration(options);
    return { settings: bindConfiguration(configuration, schema), configuration };
  };
  const reader = await connect(options);
  if (reader === undefined) {
    yield await load();
    return;
  }
  // Taken before the values are read, so that a change in between is noticed by the next look.
  let version = await look(reader, signal, onError);
  yield await load();
  while (await interval(Math.max(100, intervalMs), signal)) {
    const now = await look(reader, signal, onError);
    if (now === undefined || now === version) continue;
    try {
      const loaded = await load();
      version = now;
      yield loaded;
    } catch (error) {
      onError(error);
    }
  }
}

async function connect(options: LoadOptions): Promise<AppConfigurationReader | undefined> {
  if (options.azure === false) return undefined;
  const { settings, environment } = await readAzureSettings(options);
  if (settings?.AzureAppConfiguration.Enabled !== true) return undefined;
  const azure = options.azure ?? {};
  const credential = await createCredential(settings, options.env ?? process.env, azure);
  return await AppConfigurationReader.connect(settings, credential, environment, azure);
}

/** The version of the settings; undefined when it can't be told. */
async function look(
  reader: AppConfigurationReader,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<string | undefined> {
  try {
    return await reader.version(signal);
  } catch (error) {
    if (!signal.aborted) onError(error);
    return undefined;
  }
}

/** Waits; false when the watching is to end. */
async function interval(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await pause(ms, undefined, { signal });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
