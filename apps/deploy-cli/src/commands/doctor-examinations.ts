import { azureSettingsSchema, type EnvironmentVariables } from '@hartonomous/config-loader';
import {
  azureFindings,
  type Examination,
  embeddingFindings,
  examineDatabase,
  examineGraph,
  type Finding,
  type FixTargets,
  findingOf,
  machineFindings,
  sendCanary,
  settingsFindings,
  workerFindings,
} from '@hartonomous/operations';
import { z } from 'zod';
import { graphConnection } from '../connection-settings.ts';
import { databaseSettingsSchema, embeddingSettingsSchema, graphSettingsSchema, graphSwitchSchema } from '../options.ts';
import type { Settings } from '../settings.ts';

const azureAdvice =
  'Is the agent of the managed identity up, does the identity have the roles to read App Configuration and Key Vault, ' +
  'and does HTTPS get out of this machine? What follows is by files, variables and options alone.';
const databaseAdvice =
  'Is SQL Server up, does it listen there, and is the login right? hartonomous config explain ' +
  'ConnectionStrings:HartonomousDb says where the connection string comes from.';
const graphAdvice =
  'Is Neo4j up, does it listen there, and are the credentials right? hartonomous config explain Neo4j:Uri (and ' +
  'Neo4j:Username, Neo4j:Password) says where they come from.';
const canaryAdvice = 'SQL Server could not be checked; see above.';
const settingsAdvice =
  'Put that into appsettings.json or a variable: hartonomous config explain KEY shows where it is looked for.';

/** The sections of a worker's own settings that a diagnosis uses, where they are there. */
const workerSettingsSchema = z.object({
  Health: z.object({ Host: z.string().default('127.0.0.1'), Port: z.int().min(0).max(65_535).optional() }).prefault({}),
  Worker: z.object({ LogRetentionDays: z.int().min(0).default(30) }).prefault({}),
});

/** Whether the settings name a provider of embeddings: those of workers that need none don't. */
const providerSwitchSchema = z.object({
  Embedding: z.object({ Provider: z.object({ Kind: z.string().optional() }).prefault({}) }).prefault({}),
});

/** What a diagnosis is made of. */
export interface DiagnosisPlan {
  readonly examinations: readonly Examination[];
  /** Where fixes can be made; undefined where the settings don't say where SQL Server is. */
  readonly targets: FixTargets | undefined;
}

/** How a diagnosis was asked for. */
export interface DiagnosisOptions {
  readonly env: EnvironmentVariables;
  /** What keeps Azure from being read; the settings are then those without it. */
  readonly azure: Finding | undefined;
  /** Undefined: no canary is sent. */
  readonly canaryMs: number | undefined;
  readonly leastFreeBytes: number;
  readonly signal: AbortSignal;
}

/** Everything that these settings allow to check. A wrong part of them is a finding, and prevents only the checks that need it. */
export function planDiagnosis(settings: Settings, options: DiagnosisOptions): DiagnosisPlan {
  const { env, azure, canaryMs, leastFreeBytes, signal } = options;
  const { configuration } = settings;
  const wrong: Finding[] = [];
  const part = <Schema extends z.ZodType>(schema: Schema): z.output<Schema> | undefined => {
    try {
      return settings.get(schema);
    } catch (error) {
      const finding = findingOf('settings.valid', error, azure === undefined ? settingsAdvice : 'It may be in Azure.');
      if (finding === undefined) throw error;
      wrong.push(finding);
      return undefined;
    }
  };
  const database = part(databaseSettingsSchema)?.ConnectionStrings.HartonomousDb;
  const graph = part(graphSwitchSchema)?.Neo4j.Enabled === true ? part(graphSettingsSchema) : undefined;
  const isWithProvider = part(providerSwitchSchema)?.Embedding.Provider.Kind !== undefined;
  const embedding = isWithProvider ? part(embeddingSettingsSchema)?.Embedding : undefined;
  const worker = part(workerSettingsSchema);
  const azureSettings = part(azureSettingsSchema);

  const fromFiles = settingsFindings(configuration, database?.login).filter(
    ({ id }) => (azure === undefined || id !== 'settings.azure') && (wrong.length === 0 || id !== 'settings.valid'),
  );
  const examinations: Examination[] = [
    {
      subject: 'settings',
      target: `of environment ${configuration.environment}`,
      findings: [...(azure === undefined ? [] : [azure]), ...wrong, ...fromFiles],
      advice: azureAdvice,
    },
  ];
  if (azureSettings !== undefined && (azureSettings.AzureAppConfiguration.Enabled || azureSettings.KeyVault.Enabled)) {
    const findings = azureFindings(azureSettings, configuration.environment, env, { signal });
    examinations.push({ subject: 'azure', target: 'hop by hop', findings, advice: azureAdvice });
  }
  examinations.push({
    ...{ subject: 'machine', target: 'this one', advice: '' },
    findings: machineFindings(leastFreeBytes),
  });
  if (database !== undefined) {
    examinations.push({
      subject: 'database',
      target: `${database.database ?? ''} on ${database.server.host}`,
      findings: examineDatabase(database, signal, {
        leastFreeBytes,
        ...(worker === undefined ? {} : { logRetentionDays: worker.Worker.LogRetentionDays }),
      }),
      advice: databaseAdvice,
    });
  }
  const connection = graph === undefined ? undefined : graphConnection(graph);
  if (connection !== undefined) {
    examinations.push({
      subject: 'graph',
      target: `${connection.database} at ${connection.uri}`,
      findings: examineGraph(connection, database, signal),
      advice: graphAdvice,
    });
  }
  if (embedding !== undefined) {
    examinations.push({
      ...{ subject: 'embeddings', target: `by ${embedding.Provider.Kind}`, advice: '' },
      findings: embeddingFindings(embedding, signal),
    });
  }
  const { Host = '127.0.0.1', Port } = worker?.Health ?? {};
  examinations.push({
    ...{ subject: 'worker', target: 'of these settings', advice: '' },
    findings: workerFindings(Port === undefined ? undefined : { host: Host, port: Port }, signal),
  });
  if (canaryMs !== undefined && database !== undefined) {
    examinations.push({
      subject: 'canary',
      target: 'from dbo.sp_EnqueueNeo4jSync to dbo.Neo4jSyncLog',
      findings: sendCanary(database, canaryMs, signal),
      advice: canaryAdvice,
    });
  }
  return { examinations, targets: database === undefined ? undefined : { database, graph: connection } };
}

/** What is said of Azure where it can't be read. */
export function azureFinding(error: unknown): Finding | undefined {
  return findingOf('settings.azure', error, azureAdvice);
}
