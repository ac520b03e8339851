import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { ApiReportError } from '../errors.ts';
import type { EntryPoint } from './entry-points.ts';

/** The compiler's options for reading declarations. They are made by another version of it, and only read here. */
const compilerOptions = {
  target: 'esnext',
  lib: ['esnext'],
  module: 'nodenext',
  moduleResolution: 'nodenext',
  types: ['node'],
  strict: true,
  skipLibCheck: true,
} as const;

const silent = { logLevel: ExtractorLogLevel.None, addToApiReportFile: false };

/** Where a package's report is, from its folder. */
export function reportPath({ name }: Pick<EntryPoint, 'name'>): string {
  return join('api', `${name}.api.md`);
}

/**
 * The public surface of an entry point as text: every name with its signature, sorted, without comments. Types that are used and not
 * exported are marked in it.
 *
 * @throws ApiReportError when the declarations can't be read
 */
export async function apiReport({ name, specifier, folder, types }: EntryPoint): Promise<string> {
  const out = await mkdtemp(join(tmpdir(), 'api-report-'));
  try {
    const config = ExtractorConfig.prepare({
      configObject: {
        projectFolder: folder,
        mainEntryPointFilePath: types,
        compiler: { overrideTsconfig: { compilerOptions, files: [types] } },
        apiReport: { enabled: true, reportFileName: name, reportFolder: out, reportTempFolder: join(out, 'temp') },
        docModel: { enabled: false },
        dtsRollup: { enabled: false },
        tsdocMetadata: { enabled: false },
        newlineKind: 'lf',
        messages: {
          compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
          extractorMessageReporting: {
            default: silent,
            'ae-forgotten-export': { logLevel: ExtractorLogLevel.None, addToApiReportFile: true },
          },
          // What comments look like is the reference's subject, not this report's.
          tsdocMessageReporting: { default: silent },
        },
      },
      configObjectFullPath: undefined,
      packageJsonFullPath: join(folder, 'package.json'),
    });
    const problems: string[] = [];
    const { errorCount } = Extractor.invoke(config, {
      localBuild: true,
      messageCallback: (message) => {
        if (message.logLevel === ExtractorLogLevel.Error) problems.push(message.text);
        message.handled = true;
      },
    });
    if (errorCount > 0) throw new ApiReportError(specifier, problems);
    return await readFile(config.reportFilePath, 'utf8');
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}
